import type { TrainingJobDescription } from '../../services/sagemaker/training/training-job.ts'

/**
 * Spot capacity that is there and goes. AWS takes instances back when it pleases; here it is the job's Environment that
 * says so, in seconds:
 * - SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS: `20,35`: the first instances are taken back 20 s after the program's start, the
 *   second 35 s after theirs, the third stay. Absent: nothing is ever taken back.
 * - SALLYPORT_SPOT_WAIT_SECONDS: how long it takes until there are new ones; 0 unless given.
 */
export const INTERRUPT_AFTER = 'SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS'
export const WAIT = 'SALLYPORT_SPOT_WAIT_SECONDS'

type Job = Pick<
  TrainingJobDescription,
  'EnableManagedSpotTraining' | 'Environment' | 'StoppingCondition' | 'RetryStrategy' | 'SecondaryStatusTransitions'
>

/** Seconds after which the instances of an attempt, counted from 0, are taken back; undefined: they stay. */
export function interruptedAfter(job: Job, attempt: number): number | undefined {
  const text = job.EnableManagedSpotTraining ? job.Environment?.[INTERRUPT_AFTER]?.split(',')[attempt] : undefined
  const seconds = text === undefined || text.trim() === '' ? NaN : Number(text)
  return seconds >= 0 ? seconds : undefined
}

export function waitSeconds(job: Job): number {
  const seconds = Number(job.Environment?.[WAIT] ?? 0)
  return seconds > 0 ? seconds : 0
}

/** What is left of MaxWaitTimeInSeconds; undefined: there is no such limit. */
export function waitTimeLeft(job: Job & { CreationTime?: number | undefined }, now: number): number | undefined {
  const most = job.EnableManagedSpotTraining ? job.StoppingCondition?.MaxWaitTimeInSeconds : undefined
  return most === undefined ? undefined : Math.max(0, (job.CreationTime ?? now) + most - now)
}

/** What is left of MaxRuntimeInSeconds, which is for all attempts together (API_StoppingCondition). */
export function runtimeLeft(job: Job, now: number): number {
  return Math.max(0, (job.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) - timeIn(job, ['Training'], now))
}

/**
 * Seconds in which there were instances: what is billed. In AWS's bill the discount of spot capacity is in this number,
 * too; here only the time is that passed between two instances.
 */
export function billableSeconds(job: Job, now: number): number {
  return timeIn(job, ['Downloading', 'Training', 'Uploading', 'Stopping'], now)
}

function timeIn({ SecondaryStatusTransitions: all = [] }: Job, statuses: readonly string[], now: number): number {
  return all
    .filter(({ Status }) => statuses.includes(Status))
    .reduce((sum, { StartTime, EndTime = now }) => sum + Math.max(0, EndTime - StartTime), 0)
}

/** RetryStrategy: "the number of times to retry the job when the job fails due to an InternalServerError". */
export function isRetried({ RetryStrategy }: Job, reason: string, retries: number): boolean {
  return reason.startsWith('InternalServerError') && retries < (RetryStrategy?.MaximumRetryAttempts ?? 0)
}
