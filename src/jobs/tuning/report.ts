import { isDeepStrictEqual } from 'node:util'
import type { TuningDescription, TuningJob } from '../../services/sagemaker/tuning/tuning-job.ts'
import type { TuningPlan } from '../../services/sagemaker/tuning/tuning-plan.ts'
import { bestOf, trialsOf } from '../../services/sagemaker/tuning/tuning-trials.ts'
import type { Trial, TrialSummary } from '../../services/sagemaker/tuning/tuning-trials.ts'
import { parentsOf } from '../../services/sagemaker/tuning/tuning-warm-start.ts'
import type { Store } from '../../store/store.ts'
import { progressOf } from '../../tuning/completion.ts'

type Report = Pick<
  TuningDescription,
  | 'TrainingJobStatusCounters'
  | 'ObjectiveStatusCounters'
  | 'BestTrainingJob'
  | 'OverallBestTrainingJob'
  | 'TuningJobCompletionDetails'
>

/** What DescribeHyperParameterTuningJob tells of the training jobs; undefined when it tells so already. `now` in epoch seconds. */
export function report(
  store: Store,
  job: TuningJob,
  plan: TuningPlan,
  trials: readonly Trial[],
  now: number,
): Partial<TuningDescription> | undefined {
  const best = bestOf(plan.goal, trials)
  const told: Report = {
    TrainingJobStatusCounters: statusCounters(trials),
    ObjectiveStatusCounters: objectiveCounters(trials),
    ...(best && { BestTrainingJob: best.summary }),
    ...overallBest(store, job, plan, best),
    TuningJobCompletionDetails: completionDetails(job, plan, trials, now),
  }
  const known = Object.fromEntries(Object.keys(told).map((key) => [key, job.description[key as keyof Report]]))
  return isDeepStrictEqual(known, told) ? undefined : { ...told, LastModifiedTime: now }
}

function statusCounters(trials: readonly Trial[]): Report['TrainingJobStatusCounters'] {
  const counters = { Completed: 0, InProgress: 0, RetryableError: 0, NonRetryableError: 0, Stopped: 0 }
  for (const { endedAt, summary } of trials) counters[endedAt === undefined ? 'InProgress' : statusOf(summary)] += 1
  return counters
}

/** "A failed training job can be retried only if it failed because an internal service error occurred" (API_TrainingJobStatusCounters). */
function statusOf({ TrainingJobStatus: status, FailureReason: reason = '' }: TrialSummary) {
  if (status === 'Completed' || status === 'Stopped') return status
  return /^(InternalServerError|CapacityError)/.test(reason) ? 'RetryableError' : 'NonRetryableError'
}

function objectiveCounters(trials: readonly Trial[]): Report['ObjectiveStatusCounters'] {
  const counters = { Succeeded: 0, Pending: 0, Failed: 0 }
  for (const { summary } of trials) counters[summary.ObjectiveStatus!] += 1
  return counters
}

/** "If the hyperparameter tuning job is an warm start tuning job with a WarmStartType of IDENTICAL_DATA_AND_ALGORITHM" (API_DescribeHyperParameterTuningJob). */
function overallBest(store: Store, job: TuningJob, { goal }: TuningPlan, own: Trial | undefined) {
  if (job.description.WarmStartConfig?.WarmStartType !== 'IdenticalDataAndAlgorithm') return {}
  const all = [
    ...parentsOf(store, job, job.description).map(({ name }) => ({
      name,
      best: bestOf(goal, trialsOf(store, job, name)),
    })),
    { name: job.name, best: own },
  ]
  const best = bestOf(
    goal,
    all.flatMap((one) => one.best ?? []),
  )
  if (!best) return {}
  const { name } = all.find((one) => one.best === best)!
  return { OverallBestTrainingJob: { ...best.summary, TuningJobName: name } }
}

function completionDetails(
  { description }: TuningJob,
  { goal, definitions }: TuningPlan,
  trials: readonly Trial[],
  now: number,
): Report['TuningJobCompletionDetails'] {
  const ended = trials
    .filter(({ objective }) => objective !== undefined)
    .toSorted((a, b) => a.endedAt! - b.endedAt! || a.number - b.number)
  const axes = Math.max(...definitions.map(({ space }) => space.length))
  const { notImproving, converged } = progressOf(
    goal,
    ended.map(({ objective }) => objective!),
    axes,
  )
  const since = description.TuningJobCompletionDetails?.ConvergenceDetectedTime ?? (converged ? now : undefined)
  return {
    NumberOfTrainingJobsObjectiveNotImproving: notImproving,
    ...(since !== undefined && { ConvergenceDetectedTime: since }),
  }
}
