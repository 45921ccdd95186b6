import type {
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
  SecondaryStatus,
  TrainingJobStatus,
} from '@aws-sdk/client-sagemaker'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'

export type TrainingJobRequest = Shape<CreateTrainingJobCommandInput>

/** One step of the job as it was tried; `explain JOB` reads them. */
export interface StepRecord {
  name: string
  status: 'running' | 'done' | 'failed' | 'refused'
  /** Epoch seconds. */
  at: number
  text?: string
  /** The call that failed it. */
  requestId?: string
}

/** A job's network interface, and the permission by which SageMaker attaches it. */
export interface JobInterface {
  networkInterfaceId: string
  permissionId?: string
}

/** What is kept of a training job: AWS's own description, and how it went. */
export interface TrainingJob {
  account: string
  region: string
  description: Shape<DescribeTrainingJobCommandOutput>
  steps: StepRecord[]
  stopRequested?: boolean
  /** What is to be undone when the server that ran it is gone. */
  leftovers?: JobInterface[]
}

const kind = 'sagemaker/training-job'

const keyOf = (account: string, region: string, name: string) => `${account}/${region}/${name}`

export function findJob(store: Store, account: string, region: string, name: string): TrainingJob | undefined {
  return store.get<TrainingJob>(kind, keyOf(account, region, name))
}

/** The job of that name, or AWS's answer for a name that it does not know (said by the live service, not in the model). */
export function mustFindJob(store: Store, account: string, region: string, name: string): TrainingJob {
  const job = findJob(store, account, region, name)
  if (!job) throw new AwsError('ValidationException', 'Requested resource not found.')
  return job
}

export function findByArn(store: Store, arn: string): TrainingJob | undefined {
  const [, , service, region, account, rest] = arn.split(':', 6)
  const [type, name] = (rest ?? '').split('/', 2)
  if (service !== 'sagemaker' || type !== 'training-job' || !name) return undefined
  return findJob(store, account!, region!, name)
}

export function jobsOf(store: Store, account: string, region: string): TrainingJob[] {
  return store.list<TrainingJob>(kind, { prefix: `${account}/${region}/` }).map((row) => row.value)
}

export function allJobs(store: Store): TrainingJob[] {
  return store.list<TrainingJob>(kind).map((row) => row.value)
}

export function saveJob(store: Store, job: TrainingJob): void {
  store.put(kind, keyOf(job.account, job.region, job.description.TrainingJobName), job)
}

/** Reads, changes and writes a job in one transaction; returns the new one. */
export function changeJob(store: Store, old: TrainingJob, change: (job: TrainingJob) => void): TrainingJob {
  return store.transaction(() => {
    const job = structuredClone(mustFindJob(store, old.account, old.region, old.description.TrainingJobName))
    change(job)
    saveJob(store, job)
    return job
  })
}

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
  if (over) description.TrainingEndTime = now
}

export const isOver = (job: TrainingJob): boolean =>
  ['Completed', 'Failed', 'Stopped'].includes(job.description.TrainingJobStatus)
