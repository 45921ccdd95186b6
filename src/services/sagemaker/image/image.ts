import type { DescribeImageCommandOutput } from '@aws-sdk/client-sagemaker'
import { Acting, type ActingJob } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { World } from '../../../world.ts'
import { Resources, type Resource } from '../resources.ts'

export interface Image extends Resource<Shape<DescribeImageCommandOutput>> {
  /** Of the newest version that there ever was: numbers are not given twice. */
  lastVersion: number
}

export const images = new Resources<Image>(
  'image',
  ({ description }) => ({
    created: description.CreationTime!,
    modified: description.LastModifiedTime!,
    status: description.ImageStatus,
  }),
  // How the live service's sentence begins is known from clients that look for it; its end is inferred.
  (_arn, name) => new AwsError('ResourceNotFound', `No Image with the name "${name}" found.`),
)

/**
 * SageMaker acting for an image: aws:SourceArn names the type alone. "Do not replace [it] with the full ARN of a specific
 * image or image version" (Developer Guide, "Cross-service confused deputy prevention"; facts: errors.md B4).
 */
export function imageActing(world: World, job: ActingJob, type: 'image' | 'image-version'): Acting {
  return new Acting(world, { ...job, sourceArn: `arn:aws:sagemaker:${job.region}:${job.account}:${type}` })
}

/** Lists of images and their versions spell the shared members' values otherwise. */
export function sorting(input: { SortBy?: string | undefined; SortOrder?: string | undefined }): {
  SortBy: string | undefined
  SortOrder: string | undefined
} {
  const by: Readonly<Record<string, string>> = { IMAGE_NAME: 'Name', LAST_MODIFIED_TIME: 'LastModifiedTime' }
  return {
    SortBy: input.SortBy === undefined ? undefined : (by[input.SortBy] ?? 'CreationTime'),
    SortOrder: input.SortOrder === undefined ? undefined : input.SortOrder === 'ASCENDING' ? 'Ascending' : 'Descending',
  }
}
