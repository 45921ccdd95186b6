import { AwsError } from '../../../wire/aws-error.ts'
import type { TrainingJobDescription } from './training-job.ts'

type Description = Pick<TrainingJobDescription, 'WarmPoolStatus' | 'ResourceConfig' | 'TrainingEndTime'>

/**
 * WarmPoolStatus as it is now ("Train Using SageMaker-Managed Warm Pools"): kept for KeepAlivePeriodInSeconds after the job's
 * end, then terminated. Nothing is kept warm here, so no other job takes a pool over. `now` in epoch seconds.
 */
export function warmPoolNow({ WarmPoolStatus: pool, ResourceConfig, TrainingEndTime: end }: Description, now: number) {
  if (pool?.Status !== 'Available' || end === undefined) return pool
  const most = ResourceConfig?.KeepAlivePeriodInSeconds ?? 0
  const kept = Math.floor(now - end)
  return kept >= most
    ? { Status: 'Terminated' as const, ResourceRetainedBillableTimeInSeconds: most }
    : { Status: 'Available' as const, ResourceRetainedBillableTimeInSeconds: Math.max(0, kept) }
}

/** API_UpdateTrainingJob: the period of a pool that is there. Sentence inferred. */
export function keepAlive(description: Description, seconds: number, now: number): void {
  const status = warmPoolNow(description, now)?.Status
  if (status !== 'InUse' && status !== 'Available')
    throw new AwsError(
      'ValidationException',
      'The training job has no warm pool whose KeepAlivePeriodInSeconds could be updated.',
    )
  description.ResourceConfig!.KeepAlivePeriodInSeconds = seconds
}
