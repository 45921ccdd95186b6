export interface Sample {
  minute: number
  value: number
}

interface Naive {
  /** Told by statistic sets as well, of which the values are not known. */
  simple?: true
  /** `sorted` has every value by itself, the lowest first, and at least one. */
  of(sorted: readonly number[]): number | undefined
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : undefined)

/** By interpolation between the two values next to the rank. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = ((sorted.length - 1) * percent) / 100
  const low = sorted[Math.floor(rank)]!
  return low + (sorted[Math.ceil(rank)]! - low) * (rank % 1)
}

/** How much of each value lies between two percents, when every value takes as much room as the next. */
function shares(sorted: readonly number[], low: number, high: number): number[] {
  const [from, to] = [low, high].map((percent) => (percent / 100) * sorted.length) as [number, number]
  return sorted.map((_, i) => Math.max(0, Math.min(i + 1, to) - Math.max(i, from)))
}

function trimmedMean(sorted: readonly number[], low: number, high: number): number {
  const parts = shares(sorted, low, high)
  return sum(sorted.map((value, i) => value * parts[i]!)) / sum(parts)
}

function winsorizedMean(sorted: readonly number[], low: number, high: number): number {
  const parts = shares(sorted, low, high)
  const within = sorted.filter((_, i) => parts[i]! > 0)
  return mean(sorted.map((value) => Math.min(within.at(-1)!, Math.max(within[0]!, value))))!
}

const between = (sorted: readonly number[], low: number, high: number) =>
  sorted.filter((value) => value > low && value <= high)

/** CloudWatch User Guide, "CloudWatch statistics definitions", computed value by value. */
export const naiveStatistics: Readonly<Record<string, Naive>> = {
  SampleCount: { simple: true, of: (all) => all.length },
  Sum: { simple: true, of: sum },
  Average: { simple: true, of: mean },
  Minimum: { simple: true, of: (all) => all[0] },
  Maximum: { simple: true, of: (all) => all.at(-1) },
  p0: { of: (all) => all[0] },
  p10: { of: (all) => percentile(all, 10) },
  p50: { of: (all) => percentile(all, 50) },
  'p99.9': { of: (all) => percentile(all, 99.9) },
  p100: { of: (all) => all.at(-1) },
  tm90: { of: (all) => trimmedMean(all, 0, 90) },
  'TM(10%:90%)': { of: (all) => trimmedMean(all, 10, 90) },
  'TM(20%:)': { of: (all) => trimmedMean(all, 20, 100) },
  'TM(5:30)': { of: (all) => mean(between(all, 5, 30)) },
  IQM: { of: (all) => trimmedMean(all, 25, 75) },
  wm90: { of: (all) => winsorizedMean(all, 0, 90) },
  'WM(10%:90%)': { of: (all) => winsorizedMean(all, 10, 90) },
  'TC(5:30)': { of: (all) => between(all, 5, 30).length },
  'TS(:30)': { of: (all) => sum(between(all, -Infinity, 30)) },
  'PR(5:30)': { of: (all) => (between(all, 5, 30).length / all.length) * 100 },
  'PR(30:)': { of: (all) => (between(all, 30, Infinity).length / all.length) * 100 },
}
