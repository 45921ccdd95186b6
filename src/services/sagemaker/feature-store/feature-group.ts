import type { DescribeFeatureGroupCommandOutput, FeatureDefinition, FeatureParameter } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { accountOf } from '../arns.ts'
import { Resources } from '../resources.ts'
import type { Place, Resource } from '../resources.ts'

export type Feature = Shape<FeatureDefinition>

/** What UpdateFeatureMetadata says of one feature. */
export interface FeatureMetadata {
  CreationTime: number
  LastModifiedTime: number
  Description?: string
  Parameters?: Shape<FeatureParameter>[]
}

export interface FeatureGroup extends Resource<Omit<Shape<DescribeFeatureGroupCommandOutput>, 'NextToken'>> {
  /** Of this group alone: a group that is made again under the same name does not find the old one's records. */
  id: string
  metadata: Record<string, FeatureMetadata>
  /** Of an online store under a KMS key: its data key as KMS sealed it, base64. */
  dataKey?: string
}

/** The sentence is the live service's as far as its first colon and "with name" (public reports of PutRecord). */
export const cannotFind = (name: string): string =>
  `Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name ${name}`

export const featureGroups = new Resources<FeatureGroup>(
  'feature-group',
  ({ description: { CreationTime: created, LastModifiedTime: modified = created, FeatureGroupStatus: status } }) => ({
    created,
    modified,
    status,
  }),
  (_, name) => new AwsError('ResourceNotFound', cannotFind(name)),
)

/** FeatureGroupNameOrArn: where the group is, and its ARN, whichever was given. */
export function groupAt(nameOrArn: string, { account, region }: Call): Place & { name: string; arn: string } {
  if (!nameOrArn.startsWith('arn:')) {
    return { account, region, name: nameOrArn, arn: featureGroups.arn({ account, region }, nameOrArn) }
  }
  return {
    account: accountOf(nameOrArn),
    region: nameOrArn.split(':', 4)[3]!,
    name: nameOrArn.slice(nameOrArn.indexOf('/') + 1),
    arn: nameOrArn,
  }
}
