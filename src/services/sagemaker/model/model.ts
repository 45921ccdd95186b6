import type { CreateModelCommandInput, DescribeModelCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Place, Resource } from '../resources.ts'

export type ModelRequest = Shape<CreateModelCommandInput>
export type Model = Resource<Shape<DescribeModelCommandOutput>>
export type ModelContainer = NonNullable<ModelRequest['PrimaryContainer']>

/** The sentence is the live service's (facts: errors.md A8). */
export const models = new Resources<Model>(
  'model',
  ({ description: { CreationTime: at } }) => ({ created: at, modified: at }),
  (arn) => new AwsError('ValidationException', `Could not find model "${arn}".`),
)

/** A model has one container or a pipeline of them. */
export function containersOf({
  PrimaryContainer: primary,
  Containers: all,
}: Pick<ModelRequest, 'PrimaryContainer' | 'Containers'>): ModelContainer[] {
  return primary ? [primary] : (all ?? [])
}

/**
 * aws:SourceArn when SageMaker assumes a role for inference: literally so, "the asterisk does not stand for wildcard"
 * (SageMaker Developer Guide, "Cross-service confused deputy prevention"; facts: errors.md B4).
 */
export function hostingSourceArn({ region, account }: Place): string {
  return `arn:aws:sagemaker:${region}:${account}:*`
}
