import type {
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
  SecondaryStatus,
  TrainingJobStatus,
} from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../../wire/shape.ts'
import { Jobs } from '../job.ts'
import type { Job } from '../job.ts'

export type TrainingJobRequest = Shape<CreateTrainingJobCommandInput>
export type TrainingJobDescription = Shape<DescribeTrainingJobCommandOutput>
export type TrainingJob = Job<TrainingJobDescription>

/** The sentence for an unknown name is the live service's, not in the model. */
export const trainingJobs = new Jobs<TrainingJobDescription>({
  type: 'training-job',
  create: 'CreateTrainingJob',
  noun: 'training job',
  entryOf: (description) => ({
    created: description.CreationTime,
    modified: description.LastModifiedTime!,
    status: description.TrainingJobStatus,
  }),
  transfers({ name, description: { InputDataConfig: channels = [], OutputDataConfig: output } }) {
    const sources = channels.flatMap(({ DataSource }) => DataSource?.S3DataSource ?? [])
    const folder = (output?.S3OutputPath ?? '').replace(/\/+$/, '')
    return {
      reads: sources.map(({ S3Uri, S3DataType }) => ({ uri: S3Uri, prefix: S3DataType === 'S3Prefix' })),
      // Of an uncompressed model nobody knows the objects before it is there.
      writes: output?.CompressionType === 'NONE' ? [] : [`${folder}/${name}/output/model.tar.gz`],
      outputs: [`${folder}/`],
    }
  },
})

/** Moves a job on: closes the running transition and opens the next (SecondaryStatusTransitions, API_DescribeTrainingJob). */
export function transition(
  job: TrainingJob,
  status: TrainingJobStatus,
  secondary: SecondaryStatus,
  message: string,
  now: number,
): void {
  const { description } = job
  const transitions = (description.SecondaryStatusTransitions ??= [])
  const last = transitions.at(-1)
  if (last && last.EndTime === undefined) {
    if (last.Status === secondary) {
      last.StatusMessage = message
      description.LastModifiedTime = now
      return
    }
    last.EndTime = now
  }
  const over = status === 'Completed' || status === 'Failed' || status === 'Stopped'
  transitions.push({ Status: secondary, StartTime: now, StatusMessage: message, ...(over ? { EndTime: now } : {}) })
  description.TrainingJobStatus = status
  description.SecondaryStatus = secondary
  description.LastModifiedTime = now
  if (!over) return
  description.TrainingEndTime = now
  job.over = true
}
