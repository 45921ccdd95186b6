import type {
  CreateTransformJobCommandInput,
  DescribeTransformJobCommandOutput,
  TransformJobStatus,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'

export type TransformJobRequest = Shape<CreateTransformJobCommandInput>
export type TransformJobDescription = Shape<DescribeTransformJobCommandOutput>
export type TransformJob = Job<TransformJobDescription>

export const transformJobs = new Jobs<TransformJobDescription>({
  type: 'transform-job',
  create: 'CreateTransformJob',
  noun: 'transform job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: modifiedAt(description),
    status: description.TransformJobStatus,
  }),
  // The live service's sentence. [M]
  notFound: (_arn, name) => new AwsError('ValidationException', `Could not find requested job with name: ${name}`),
  transfers({ description: { TransformInput, TransformOutput } }) {
    const { S3Uri: uri, S3DataType } = TransformInput.DataSource.S3DataSource
    return {
      reads: [{ uri, prefix: S3DataType === 'S3Prefix' }],
      writes: [], // one for each object that it finds
      outputs: [`${TransformOutput!.S3OutputPath.replace(/\/+$/, '')}/`],
    }
  },
})

/** LastModifiedTime of lists; AWS does not describe it. */
export function modifiedAt({ CreationTime, TransformStartTime, TransformEndTime }: TransformJobDescription): number {
  return TransformEndTime ?? TransformStartTime ?? CreationTime
}

/** Moves a job on. `now` in epoch seconds. */
export function moveOn(job: TransformJob, status: TransformJobStatus, now: number): void {
  job.description.TransformJobStatus = status
  if (status === 'InProgress' || status === 'Stopping') return
  job.description.TransformEndTime = now
  job.over = true
}
