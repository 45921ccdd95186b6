import type { Point } from './metric.ts'

/** One period of one metric: its points come together. */
export interface Bucket {
  /** Epoch seconds at which the period begins. */
  time: number
  unit: string
  points: Point[]
}

const simple: Record<string, (points: readonly Point[]) => number> = {
  SampleCount: (points) => total(points, ({ count }) => count),
  Sum: (points) => total(points, ({ sum }) => sum),
  Average: (points) => total(points, ({ sum }) => sum) / total(points, ({ count }) => count),
  Minimum: (points) => Math.min(...points.map(({ minimum }) => minimum)),
  Maximum: (points) => Math.max(...points.map(({ maximum }) => maximum)),
}

function total(points: readonly Point[], of: (point: Point) => number): number {
  return points.reduce((sum, point) => sum + of(point), 0)
}

/** Computes one statistic of a period; undefined where it cannot be told (percentiles of statistic sets). */
export type Statistic = (points: readonly Point[]) => number | undefined

/** `Sum`, `p99.9` …; undefined for a name that is no statistic, or one that is not built (trimmed means and their like). */
export function statisticNamed(name: string): Statistic | undefined {
  if (Object.hasOwn(simple, name)) return simple[name]
  const [, percent] = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name) ?? []
  return percent === undefined ? undefined : (points) => percentile(points, Number(percent))
}

/**
 * Known for values, and for statistic sets of one value (CloudWatch User Guide, "Percentiles").
 * inferred: between two values it is interpolated.
 */
function percentile(points: readonly Point[], percent: number): number | undefined {
  if (points.some(({ count, minimum, maximum }) => count > 1 && minimum !== maximum)) return undefined
  const byValue = points.toSorted((a, b) => a.minimum - b.minimum)
  const rank = (percent * (total(points, ({ count }) => count) - 1)) / 100
  const valueAt = (index: number): number => {
    let seen = 0
    for (const { minimum, count } of byValue) {
      seen += count
      if (index < seen) return minimum
    }
    return byValue.at(-1)!.minimum
  }
  const [low, high] = [valueAt(Math.floor(rank)), valueAt(Math.ceil(rank))]
  return low + (high - low) * (rank - Math.floor(rank))
}

/** Points by period, oldest first. Periods are counted from the epoch; with `byUnit` each unit has buckets of its own. */
export function bucketsOf(points: Iterable<Point>, period: number, byUnit: boolean): Bucket[] {
  const buckets = new Map<string, Bucket>()
  for (const point of points) {
    const time = Math.floor(point.time / period) * period
    const key = byUnit ? `${time}/${point.unit}` : String(time)
    const bucket = buckets.get(key)
    if (bucket) bucket.points.push(point)
    else buckets.set(key, { time, unit: point.unit, points: [point] })
  }
  return [...buckets.values()].sort((a, b) => a.time - b.time)
}

/** 1, 5, 10, 20, 30 seconds or whole minutes. */
export function isPeriod(period: number): boolean {
  return [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)
}
