import { MathError } from './parse.ts'
import { isSeries, lookup, seriesOf, timesOf, type Series, type Value } from './values.ts'

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const average = (values: readonly number[]) => sum(values) / values.length

/** Functions of many values: of one series they give a scalar, of an array the series of what they give at each time. */
export const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: average,
  MAX: (values) => values.reduce((a, b) => Math.max(a, b), -Infinity),
  MIN: (values) => values.reduce((a, b) => Math.min(a, b), Infinity),
  STDDEV: (values) => {
    const mean = average(values)
    return Math.sqrt(average(values.map((value) => (value - mean) ** 2)))
  },
  SUM: sum,
}

/**
 * Of an array, AVG takes a value that is missing as 0 (User Guide, "Functions supported for metric math"). inferred: the
 * others are of what is there.
 */
export function aggregate(name: string, argument: Value): Value {
  const of = aggregates[name]!
  if (typeof argument === 'string') throw new MathError(`${name} does not take a text`)
  if (typeof argument === 'number') return of([argument])
  if (isSeries(argument)) return of(argument.values)
  const [first] = argument
  if (!first) return []
  const lookups = argument.map(lookup)
  return seriesOf(
    { label: name, period: Math.max(...argument.map(({ period }) => period)) },
    timesOf(argument).map((time) => {
      const all = lookups.map((values) => values.get(time) ?? (name === 'AVG' ? 0 : undefined))
      return [time, of(all.filter((value) => value !== undefined))] as const
    }),
  )
}

/** SORT's order: by a statistic of each series; those without data come last. */
export function sortedBy(all: readonly Series[], statistic: string, order: string): Series[] {
  const of = aggregates[statistic]
  if (!of || statistic === 'STDDEV') throw new MathError(`SORT does not know the function ${statistic}`)
  if (order !== 'ASC' && order !== 'DESC') throw new MathError(`SORT does not know the order ${order}`)
  const sign = order === 'ASC' ? 1 : -1
  const full = all.filter(({ values }) => values.length > 0)
  const empty = all.filter(({ values }) => values.length === 0)
  return [...full.toSorted((a, b) => sign * (of(a.values) - of(b.values))), ...empty]
}
