import type { Goal } from './search.ts'

/**
 * "Stop Training Jobs Early": after each epoch, a training job whose value is worse than the median of the running averages of
 * previous training jobs up to the same epoch is stopped. `previous`: curves of the jobs that began before it; of those that
 * did not come so far nothing is known at this epoch.
 */
export function isWorseThanMedian(
  goal: Goal,
  curve: readonly number[],
  previous: readonly (readonly number[])[],
): boolean {
  const epoch = curve.length
  const averages = previous
    .filter((one) => one.length >= epoch)
    .map((one) => one.slice(0, epoch).reduce((sum, value) => sum + value, 0) / epoch)
  if (epoch === 0 || averages.length === 0) return false
  const value = curve[epoch - 1]!
  const middle = median(averages)
  return goal === 'Minimize' ? value > middle : value < middle
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
