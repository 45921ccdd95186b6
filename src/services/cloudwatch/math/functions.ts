import { aggregate, aggregates, sortedBy } from './aggregate.ts'
import { MathError } from './parse.ts'
import {
  isSeries,
  lookup,
  mapSeries,
  seriesOf,
  timesOf,
  zipped,
  type Range,
  type Series,
  type Value,
} from './values.ts'

/** What functions need to know beside their arguments. */
export interface Context {
  range: Range
  /** Period of series that are made of nothing (TIME_SERIES). */
  period: number
  /** Every metric of the request, by Id; no expressions. */
  metrics(): ReadonlyMap<string, Series>
  search(expression: string, statistic: string, period: number): Series[]
}

type MathFunction = (values: readonly Value[], context: Context) => Value

/** Each series for itself; an array gives an array. */
function each(of: (series: Series) => Series): MathFunction {
  return ([value]) => {
    if (value === undefined || typeof value === 'string') throw new MathError('A time series is expected')
    if (typeof value === 'number') throw new MathError('A time series is expected, not a number')
    return isSeries(value) ? of(value) : value.map(of)
  }
}

function eachValue(of: (value: number) => number): MathFunction {
  const series = each((one) => mapSeries(one, of))
  return (values, context) => (typeof values[0] === 'number' ? of(values[0]) : series(values, context))
}

const eachTime = (of: (date: Date) => number) =>
  each((one) => mapSeries(one, (_, i) => of(new Date(one.times[i]! * 1000))))

/** From the second value on: each with the one before. */
const eachPair = (of: (value: number, before: number, seconds: number) => number) =>
  each((one) =>
    seriesOf(
      one,
      one.times
        .slice(1)
        .map((time, i) => [time, of(one.values[i + 1]!, one.values[i]!, time - one.times[i]!)] as const),
    ),
  )

export const functions: Readonly<Record<string, MathFunction>> = {
  ABS: eachValue(Math.abs),
  CEIL: eachValue(Math.ceil),
  FLOOR: eachValue(Math.floor),
  LOG: eachValue(Math.log),
  LOG10: eachValue(Math.log10),
  ...Object.fromEntries(
    Object.keys(aggregates).map((name): [string, MathFunction] => [
      name,
      ([value]) => aggregate(name, required(value)),
    ]),
  ),
  DATAPOINT_COUNT: ([value]) => {
    const given = required(value)
    return isSeries(given) ? given.values.length : sum(arrayOf(given).map(({ values }) => values.length))
  },
  DATE: eachTime((date) => date.getUTCDate()),
  DAY: eachTime((date) => date.getUTCDay() || 7),
  HOUR: eachTime((date) => date.getUTCHours()),
  MINUTE: eachTime((date) => date.getUTCMinutes()),
  MONTH: eachTime((date) => date.getUTCMonth() + 1),
  YEAR: eachTime((date) => date.getUTCFullYear()),
  EPOCH: eachTime((date) => date.getTime() / 1000),
  DIFF: eachPair((value, before) => value - before),
  DIFF_TIME: eachPair((_, __, seconds) => seconds),
  RATE: eachPair((value, before, seconds) => (value - before) / seconds),
  FILL: ([value, filling], { range }) => {
    const with_ = required(filling)
    const given = required(value)
    return isSeries(given) ? filled(given, with_, range) : arrayOf(given).map((one) => filled(one, with_, range))
  },
  FIRST: ([value]) => arrayOf(required(value))[0] ?? [],
  LAST: ([value]) => arrayOf(required(value)).at(-1) ?? [],
  IF: ([condition, yes, no]) => choice(required(condition), required(yes), no),
  METRICS: ([filter], context) =>
    [...context.metrics()].flatMap(([id, series]) =>
      typeof filter !== 'string' || id.includes(filter) ? [series] : [],
    ),
  METRIC_COUNT: ([value]) => arrayOf(required(value)).length,
  PERIOD: ([value]) => {
    const given = required(value)
    if (!isSeries(given)) throw new MathError('PERIOD takes a metric')
    return given.period
  },
  REMOVE_EMPTY: ([value]) => arrayOf(required(value)).filter(({ values }) => values.length > 0),
  RUNNING_SUM: each((one) => {
    let total = 0
    return mapSeries(one, (value) => (total += value))
  }),
  SEARCH: ([expression, statistic, period], context) => {
    if (typeof expression !== 'string' || typeof statistic !== 'string') throw new MathError('SEARCH takes two texts')
    return context.search(expression, statistic, period === undefined ? context.period : numberOf(period))
  },
  SLICE: ([value, from, to]) =>
    arrayOf(required(value)).slice(numberOf(required(from)), to === undefined ? undefined : numberOf(to)),
  SORT: ([value, statistic, order, most]) => {
    const all = sortedBy(arrayOf(required(value)), wordOf(statistic), wordOf(order))
    return most === undefined ? all : all.slice(0, numberOf(most))
  },
  TIME_SERIES: ([value], { range, period }) => {
    const constant = numberOf(required(value))
    return seriesOf(
      { label: 'TIME_SERIES', period },
      gridOf(range, period).map((time) => [time, constant] as const),
    )
  },
}

/** Functions whose arguments may be words, such as `FILL(m1, REPEAT)` and `SORT(…, AVG, DESC)`. */
export const words: ReadonlySet<string> = new Set(['REPEAT', 'LINEAR', 'ASC', 'DESC', 'AVG', 'MIN', 'MAX', 'SUM'])

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function required(value: Value | undefined): Value {
  if (value === undefined) throw new MathError('An argument is missing')
  return value
}

function arrayOf(value: Value): Series[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'object') return [value]
  throw new MathError('An array of time series is expected')
}

function wordOf(value: Value | undefined): string {
  if (typeof value === 'string') return value
  throw new MathError('A word is expected')
}

function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  throw new MathError('A number is expected')
}

function gridOf({ start, end }: Range, period: number): number[] {
  const times: number[] = []
  for (let time = Math.floor(start / period) * period; time < end && times.length < 100_800; time += period)
    if (time >= start) times.push(time)
  return times
}

/** Values between and around those that are there, on their own grid. REPEAT and LINEAR know nothing before the first. */
function filled(series: Series, filling: Value, range: Range): Series {
  const { times, values, period } = series
  const origin = times[0] ?? Math.ceil(range.start / period) * period
  const first = origin - Math.floor((origin - range.start) / period) * period
  const known = new Map(times.map((time, i) => [time, values[i]!]))
  const others = typeof filling === 'object' && isSeries(filling) ? lookup(filling) : undefined
  const points: [number, number][] = []
  let before = -1
  for (let time = first; time < range.end; time += period) {
    const value = known.get(time)
    if (value !== undefined) {
      before++
      points.push([time, value])
      continue
    }
    const made =
      typeof filling === 'number'
        ? filling
        : others
          ? others.get(time)
          : filling === 'REPEAT'
            ? values[before]
            : filling === 'LINEAR'
              ? between(series, before, time)
              : unknown(filling)
    if (made !== undefined) points.push([time, made])
  }
  return seriesOf(series, points)
}

function unknown(filling: Value): never {
  throw new MathError(`FILL does not know ${JSON.stringify(filling)}`)
}

function between({ times, values }: Series, before: number, time: number): number | undefined {
  const [a, b] = [values[before], values[before + 1]]
  if (a === undefined || b === undefined) return undefined
  return a + ((b - a) * (time - times[before]!)) / (times[before + 1]! - times[before]!)
}

/**
 * `IF(condition, yes, no)` by the User Guide's tables ("Using IF expressions"): where the condition holds and `yes` has no
 * value, it is 0; where it does not hold and `no` has none, there is none. A condition without a value does not hold, which
 * only a `no` that is a number answers.
 */
function choice(condition: Value, yes: Value, no: Value | undefined): Value {
  if (typeof condition === 'number') {
    const empty = typeof yes === 'object' && isSeries(yes) ? seriesOf(yes, []) : []
    return condition !== 0 ? yes : (no ?? empty)
  }
  if (!isSeries(condition)) throw new MathError('The condition of IF must be a time series or a number')
  const [onYes, onNo, holds] = [branch(yes), branch(no), lookup(condition)]
  const others = typeof no === 'number' && typeof yes === 'object' ? [yes as Series] : []
  return seriesOf(
    condition,
    timesOf([condition, ...others]).flatMap((time) => {
      const value = (holds.get(time) ?? 0) === 0 ? onNo(time) : (onYes(time) ?? 0)
      return value === undefined ? [] : [[time, value] as const]
    }),
  )
}

function branch(value: Value | undefined): (time: number) => number | undefined {
  if (value === undefined) return () => undefined
  if (typeof value === 'number') return () => value
  if (!isSeries(value)) throw new MathError('IF takes numbers and time series')
  const known = lookup(value)
  return (time) => known.get(time)
}

export const operators = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '^': (a: number, b: number) => a ** b,
  '==': (a: number, b: number) => Number(a === b),
  '!=': (a: number, b: number) => Number(a !== b),
  '<=': (a: number, b: number) => Number(a <= b),
  '>=': (a: number, b: number) => Number(a >= b),
  '<': (a: number, b: number) => Number(a < b),
  '>': (a: number, b: number) => Number(a > b),
  AND: (a: number, b: number) => Number(a !== 0 && b !== 0),
  OR: (a: number, b: number) => Number(a !== 0 || b !== 0),
} as const

export function negated(value: Value): Value {
  return zipped(-1, value, (a, b) => a * b)
}
