import type {
  CreateProcessingJobCommandInput,
  DescribeProcessingJobCommandOutput,
  ProcessingJobStatus,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'

export type ProcessingJobRequest = Shape<CreateProcessingJobCommandInput>
export type ProcessingJobDescription = Shape<DescribeProcessingJobCommandOutput>
export type ProcessingJob = Job<ProcessingJobDescription>

export const processingJobs = new Jobs<ProcessingJobDescription>({
  type: 'processing-job',
  create: 'CreateProcessingJob',
  noun: 'processing job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: description.LastModifiedTime ?? description.CreationTime,
    status: description.ProcessingJobStatus,
  }),
  // The live service's sentence. [M]
  notFound: (_arn, name) => new AwsError('ValidationException', `Could not find requested job with name: ${name}`),
  transfers({ description: { ProcessingInputs: inputs = [], ProcessingOutputConfig: output } }) {
    const sources = inputs.flatMap(({ S3Input, AppManaged }) => (S3Input && !AppManaged ? [S3Input] : []))
    const targets = (output?.Outputs ?? []).flatMap(({ S3Output, AppManaged }) =>
      S3Output && !AppManaged ? [`${S3Output.S3Uri.replace(/\/+$/, '')}/`] : [],
    )
    return {
      reads: sources.map(({ S3Uri, S3DataType }) => ({ uri: S3Uri, prefix: S3DataType === 'S3Prefix' })),
      writes: [], // which files there will be, only the program knows
      outputs: targets,
    }
  },
})

/** Moves a job on. `now` in epoch seconds. */
export function moveOn(job: ProcessingJob, status: ProcessingJobStatus, now: number): void {
  const { description } = job
  description.ProcessingJobStatus = status
  description.LastModifiedTime = now
  if (status === 'InProgress' || status === 'Stopping') return
  description.ProcessingEndTime = now
  job.over = true
}
