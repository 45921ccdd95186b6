import type { Goal } from './search.ts'

/** What training jobs of a Hyperband search may use, in epochs: values of the objective that they tell. */
export interface Resources {
  min: number
  max: number
}

/** Of those that come so far, one in three goes on (Li et al., Hyperband, 2018). */
const eta = 3

/** A group of training jobs that are held against each other. */
export interface Bracket {
  /** How many begin in it, each round. */
  count: number
  /** Epochs at which those that are not among the best third are ended; the last is the end of all. */
  rungs: readonly number[]
}

/** From the one that is strictest to the one that lets everybody finish. */
export function bracketsOf({ min, max }: Resources): Bracket[] {
  const most = Math.floor(Math.log(max / min) / Math.log(eta) + 1e-9)
  return Array.from({ length: most + 1 }, (_, at) => {
    const steps = most - at
    return {
      count: Math.ceil(((most + 1) / (steps + 1)) * eta ** steps),
      rungs: Array.from({ length: steps + 1 }, (_unused, rung) =>
        Math.max(min, Math.floor(max / eta ** (steps - rung))),
      ),
    }
  })
}

/** Training jobs of all brackets, once each: what a search has for a budget when none is given. */
export const roundOf = (resources: Resources): number =>
  bracketsOf(resources).reduce((sum, { count }) => sum + count, 0)

/** Epochs that a round takes when each bracket keeps exactly its best third at each rung. */
export function budgetOf(resources: Resources): number {
  return bracketsOf(resources).reduce((sum, { count, rungs }) => {
    let [going, before] = [count, 0]
    for (const rung of rungs) {
      sum += going * (rung - before)
      going = Math.floor(going / eta)
      before = rung
    }
    return sum
  }, 0)
}

/** In which bracket the `index`th training job (from 0) runs: brackets are filled one after the other, and round again. */
export function bracketOf(resources: Resources, index: number): number {
  const brackets = bracketsOf(resources)
  let rest = index % roundOf(resources)
  return brackets.findIndex(({ count }) => (rest -= count) < 0)
}

export type Verdict = 'goes on' | 'is outdone' | 'is done'

/**
 * Whether a training job that told its last value is ended. `curve`: its values so far; `others`: those of the other jobs of
 * its bracket. Nobody waits for the rest of a bracket: a job is held against those that came to the rung before it
 * (Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020).
 */
export function judge(
  goal: Goal,
  resources: Resources,
  bracket: number,
  curve: readonly number[],
  others: readonly (readonly number[])[],
): Verdict {
  const epoch = curve.length
  if (epoch >= resources.max) return 'is done'
  if (!bracketsOf(resources)[bracket]!.rungs.includes(epoch)) return 'goes on'
  const value = curve[epoch - 1]!
  const reached = others.filter((one) => one.length >= epoch).map((one) => one[epoch - 1]!)
  if (reached.length + 1 < eta) return 'goes on'
  const better = reached.filter((one) => (goal === 'Minimize' ? one < value : one > value)).length
  return better < Math.max(1, Math.floor((reached.length + 1) / eta)) ? 'goes on' : 'is outdone'
}
