import { transition } from '../../services/sagemaker/training/training-job.ts'
import type { TrainingJob } from '../../services/sagemaker/training/training-job.ts'
import { billableSeconds } from './spot.ts'

/** How a training job ends that has not failed, as its secondary status, and AWS's words for it. */
const endings = {
  Completed: 'Training job completed',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  /** inferred: by analogy with the run time. */
  MaxWaitTimeExceeded: 'Training job wait time exceeded MaxWaitTimeInSeconds provided',
} as const

export function endTraining(job: TrainingJob, secondary: keyof typeof endings, now: number): void {
  transition(job, secondary === 'Completed' ? 'Completed' : 'Stopped', secondary, endings[secondary], now)
  close(job, now)
}

export function failTraining(job: TrainingJob, reason: string, now: number): void {
  job.description.FailureReason = reason
  transition(job, 'Failed', 'Failed', 'Training job failed', now)
  close(job, now)
}

function close({ description }: TrainingJob, now: number): void {
  if (description.WarmPoolStatus)
    description.WarmPoolStatus.Status = description.TrainingJobStatus === 'Failed' ? 'Terminated' : 'Available'
  if (description.TrainingStartTime === undefined) return
  const seconds = Math.max(1, Math.round(now - description.TrainingStartTime))
  description.TrainingTimeInSeconds = seconds
  description.BillableTimeInSeconds = description.EnableManagedSpotTraining
    ? Math.min(seconds, Math.max(1, Math.round(billableSeconds(description, now))))
    : seconds
}
