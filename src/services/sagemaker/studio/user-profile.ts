import type { DescribeUserProfileCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources, type Resource } from '../resources.ts'
import { settlePassing } from './settle.ts'

export type UserProfile = Resource<Shape<DescribeUserProfileCommandOutput>>

/** By `DOMAIN/NAME`. */
export const userProfiles = new Resources<UserProfile>(
  'user-profile',
  ({ description }) => ({
    created: description.CreationTime!,
    modified: description.LastModifiedTime!,
    status: description.Status,
  }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `UserProfile [${arn}] does not exist.`),
)

export const settleUserProfile = settlePassing(userProfiles)
