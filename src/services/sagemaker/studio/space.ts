import type { DescribeSpaceCommandOutput } from '@aws-sdk/client-sagemaker'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources, type Place, type Resource } from '../resources.ts'
import { settlePassing } from './settle.ts'
import { userProfiles } from './user-profile.ts'

export type Space = Resource<Shape<DescribeSpaceCommandOutput>>

/** By `DOMAIN/NAME`. */
export const spaces = new Resources<Space>(
  'space',
  ({ description }) => ({
    created: description.CreationTime!,
    modified: description.LastModifiedTime!,
    status: description.Status,
  }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `Space [${arn}] does not exist.`),
)

export const settleSpace = settlePassing(spaces)

/** sagemaker:OwnerUserProfileArn and sagemaker:SpaceSharingType of a space: what policies tell private spaces by. */
export function spaceKeys(
  at: Place,
  space:
    | Partial<Pick<Space['description'], 'DomainId' | 'OwnershipSettings' | 'SpaceSharingSettings' | 'SpaceSettings'>>
    | undefined,
): ContextValues {
  const owner = space?.OwnershipSettings?.OwnerUserProfileName
  const sharing = space?.SpaceSharingSettings?.SharingType
  return {
    ...(owner !== undefined && {
      'sagemaker:OwnerUserProfileArn': userProfiles.arn(at, `${space?.DomainId}/${owner}`),
    }),
    ...(sharing !== undefined && { 'sagemaker:SpaceSharingType': sharing }),
  }
}
