import type { DescribeLabelingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'

export type LabelingJob = Resource<Shape<DescribeLabelingJobCommandOutput>>

export const labelingJobs = new Resources<LabelingJob>(
  'labeling-job',
  ({ description: { CreationTime: created, LastModifiedTime: modified, LabelingJobStatus: status } }) => ({
    created,
    modified,
    status,
  }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `Could not find labeling job "${arn}".`),
)
