import type { Goal } from './search.ts'

/** "Completion criteria types": an objective that does not better the best by more than 1 % does not improve it. */
const improvement = 0.01

/** When a tuning job is over before its limits (API_TuningJobCompletionCriteria). */
export interface Criteria {
  target?: number
  notImproving?: number
  onConvergence?: boolean
}

export interface Progress {
  /** Training jobs since the best improved; API: NumberOfTrainingJobsObjectiveNotImproving. */
  notImproving: number
  /** The last result made it that nothing significant is to be expected any more. */
  converged: boolean
  /** By a criterion that was asked for. */
  complete: boolean
}

/** `values`: the objectives, in the order in which they came. `axes`: how many hyperparameters are searched. */
export function progressOf(goal: Goal, values: readonly number[], axes: number, criteria: Criteria = {}): Progress {
  let best: number | undefined
  let notImproving = 0
  for (const value of values) {
    if (best === undefined || isImproved(goal, value, best)) notImproving = 0
    else notImproving += 1
    if (best === undefined || isBetter(goal, value, best)) best = value
  }
  const converged = notImproving >= convergedAfter(axes)
  const met = best !== undefined && criteria.target !== undefined && !isBetter(goal, criteria.target, best)
  const stale = criteria.notImproving !== undefined && notImproving >= criteria.notImproving
  return { notImproving, converged, complete: met || stale || (criteria.onConvergence === true && converged) }
}

/** AWS keeps its rule to itself ("criteria developed over a wide range of diverse benchmarking tests"). inferred */
const convergedAfter = (axes: number): number => Math.max(10, 5 * axes)

export const isBetter = (goal: Goal, value: number, than: number): boolean =>
  goal === 'Minimize' ? value < than : value > than

function isImproved(goal: Goal, value: number, than: number): boolean {
  return isBetter(goal, value, than) && Math.abs(value - than) >= improvement * Math.abs(than)
}
