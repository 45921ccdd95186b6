import type { HyperParameterTrainingJobSummary } from '@aws-sdk/client-sagemaker'
import type { Store } from '../../../store/store.ts'
import type { Goal } from '../../../tuning/search.ts'
import { isBetter } from '../../../tuning/completion.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { Place } from '../resources.ts'
import { trainingJobs } from '../training/training-job.ts'

export type TrialSummary = Shape<HyperParameterTrainingJobSummary>

/** A training job that a tuning job has launched. */
export interface Trial {
  /** From 1. */
  number: number
  /** The training job's name. */
  name: string
  /** Which of the tuning job's definitions, from 0; and how manieth of that, from 0. */
  definition: number
  index: number
  /** The hyperparameters that were searched. */
  point: Record<string, string>
  /** What SageMaker shows of it. */
  summary: TrialSummary
  /** Its values of the objective, kept once it is over; while it runs they are in the memory of who conducts it. */
  curve?: number[]
  /** Known once it is over, if then. */
  objective?: number
  /** Epoch seconds; present once it is over. */
  endedAt?: number
}

const kind = 'sagemaker/tuning-trial'

const keyOf = ({ account, region }: Place, tuning: string, number: number): string =>
  `${account}/${region}/${tuning}/${String(number).padStart(6, '0')}`

/** In the order in which they were launched. */
export function trialsOf(store: Store, { account, region }: Place, tuning: string): Trial[] {
  return store.list<Trial>(kind, { prefix: `${account}/${region}/${tuning}/` }).map(({ value }) => value)
}

export function saveTrial(store: Store, at: Place, tuning: string, trial: Trial): void {
  store.put(kind, keyOf(at, tuning, trial.number), trial)
}

export function deleteTrials(store: Store, at: Place, tuning: string): void {
  for (const { number } of trialsOf(store, at, tuning)) store.delete(kind, keyOf(at, tuning, number))
}

/** As it is now: of one that runs, from its training job. */
export function currentSummary(store: Store, at: Place, { name, summary, endedAt }: Trial): TrialSummary {
  const job = endedAt === undefined ? trainingJobs.find(store, at, name)?.description : undefined
  if (!job) return summary
  return {
    ...summary,
    TrainingJobStatus: job.TrainingJobStatus,
    ...(job.TrainingStartTime !== undefined && { TrainingStartTime: job.TrainingStartTime }),
    ...(job.TrainingEndTime !== undefined && { TrainingEndTime: job.TrainingEndTime }),
    ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
  }
}

/** Of those whose objective is known. */
export function bestOf(goal: Goal, trials: readonly Trial[]): Trial | undefined {
  let best: Trial | undefined
  for (const one of trials)
    if (one.objective !== undefined && (!best || isBetter(goal, one.objective, best.objective!))) best = one
  return best
}
