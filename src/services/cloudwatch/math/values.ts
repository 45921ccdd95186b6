import { MathError } from './parse.ts'

/** One line of data: a value a time, oldest first. */
export interface Series {
  label: string
  /** Seconds. */
  period: number
  /** Epoch seconds; as many as `values`. */
  times: readonly number[]
  values: readonly number[]
}

/** What an expression may come to: AWS's S, TS and TS[], and texts as arguments. */
export type Value = number | string | Series | Series[]

/** The time that is asked about; every expression of a request is computed over it. */
export interface Range {
  /** Epoch seconds, the end excluded. */
  start: number
  end: number
}

export function isSeries(value: Value): value is Series {
  return typeof value === 'object' && !Array.isArray(value)
}

export function seriesOf(
  series: Pick<Series, 'label' | 'period'>,
  points: readonly (readonly [number, number])[],
): Series {
  const finite = points.filter(([, value]) => Number.isFinite(value))
  return {
    label: series.label,
    period: series.period,
    times: finite.map(([time]) => time),
    values: finite.map(([, value]) => value),
  }
}

export function mapSeries(series: Series, of: (value: number, index: number) => number): Series {
  return seriesOf(
    series,
    series.times.map((time, i) => [time, of(series.values[i]!, i)] as const),
  )
}

/** Every time at which any of them has a value. */
export function timesOf(all: readonly Series[]): number[] {
  return [...new Set(all.flatMap(({ times }) => times))].sort((a, b) => a - b)
}

/**
 * Two values taken together. Where one of two series has no value, it counts as 0 (User Guide, "Basic arithmetic functions"
 * and "Comparison and logical operators"); what is divided by 0 is dropped. An array is taken item by item.
 */
export function zipped(left: Value, right: Value, of: (a: number, b: number) => number): Value {
  if (typeof left === 'string' || typeof right === 'string') throw new MathError('A text cannot be computed with')
  if (typeof left === 'number' && typeof right === 'number') return of(left, right)
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) throw new MathError('Arrays of time series must have the same size')
    return left.map((one, i) => zipped(one, right[i]!, of) as Series)
  }
  if (Array.isArray(left)) return left.map((one) => zipped(one, right, of) as Series)
  if (Array.isArray(right)) return right.map((one) => zipped(left, one, of) as Series)
  if (typeof left === 'number') return mapSeries(right as Series, (value) => of(left, value))
  if (typeof right === 'number') return mapSeries(left, (value) => of(value, right))
  const [a, b] = [lookup(left), lookup(right)]
  return seriesOf(
    { label: left.label, period: Math.max(left.period, right.period) },
    timesOf([left, right]).map((time) => [time, of(a.get(time) ?? 0, b.get(time) ?? 0)] as const),
  )
}

/** Values by their time. */
export function lookup({ times, values }: Series): ReadonlyMap<number, number> {
  return new Map(times.map((time, i) => [time, values[i]!]))
}
