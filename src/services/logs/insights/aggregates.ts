import type { RowContext } from './context.ts'
import { readExpression, type Aggregates, type Expression } from './expression.ts'
import type { Scanner } from './scanner.ts'
import { compare, numberOf, textOf, type Value } from './value.ts'

/** Gathers the values of one group. */
interface Gathering {
  add(value: Value, context: RowContext): void
  result(): Value
}

/** One `count(*)`, `pct(latency, 95)` … of a `stats` command, known by its place in the query. */
export interface Aggregate {
  at: number
  argument?: Expression
  begin(): Gathering
}

const gathered = (add: (value: Value, context: RowContext) => void, result: () => Value): Gathering => ({ add, result })

function numbers(result: (list: number[]) => Value): () => Gathering {
  return () => {
    const list: number[] = []
    return gathered(
      (value) => {
        const number = numberOf(value)
        if (number !== undefined) list.push(number)
      },
      () => (list.length === 0 ? undefined : result(list)),
    )
  }
}

const total = (list: readonly number[]) => list.reduce((sum, number) => sum + number, 0)

/** By linear interpolation between the closest ranks. inferred: which of the usual ways AWS takes. */
function percentile(list: number[], percent: number): number {
  list.sort((a, b) => a - b)
  const rank = (Math.min(100, Math.max(0, percent)) / 100) * (list.length - 1)
  const [low, high] = [list[Math.floor(rank)]!, list[Math.ceil(rank)]!]
  return low + (high - low) * (rank - Math.floor(rank))
}

/** Of the sample. */
function deviation(list: readonly number[]): number {
  const mean = total(list) / list.length
  return list.length < 2 ? 0 : Math.sqrt(total(list.map((number) => (number - mean) ** 2)) / (list.length - 1))
}

/** The value that comes first in some order. */
function first(before: (a: Value, b: Value) => boolean, byTime: boolean): () => Gathering {
  return () => {
    let best: { value: Value; mark: Value } | undefined
    return gathered(
      (value, { row }) => {
        const mark = byTime ? row.fields.get('@timestamp') : value
        if (value !== undefined && (!best || before(mark, best.mark))) best = { value, mark }
      },
      () => best?.value,
    )
  }
}

const earlier = (a: Value, b: Value) => compare(a, b) < 0
const later = (a: Value, b: Value) => compare(a, b) > 0

/** CloudWatch Logs User Guide, "stats". */
const simple: Readonly<Record<string, () => Gathering>> = {
  sum: numbers(total),
  avg: numbers((list) => total(list) / list.length),
  min: first(earlier, false),
  max: first(later, false),
  median: numbers((list) => percentile(list, 50)),
  stddev: numbers(deviation),
  earliest: first(earlier, true),
  latest: first(later, true),
  sortsfirst: first(earlier, false),
  sortslast: first(later, false),
  count_distinct: () => {
    const seen = new Set<string>()
    return gathered(
      (value) => {
        const text = textOf(value)
        if (text !== undefined) seen.add(text)
      },
      () => seen.size,
    )
  },
}

/** Reads the aggregates of a `stats` command into `found`. */
export function aggregatesInto(found: Aggregate[]): Aggregates {
  return (scanner, name, start) => {
    const aggregate = readAggregate(scanner, name, start)
    if (!aggregate) return undefined
    found.push(aggregate)
    return ({ aggregated }) => aggregated?.get(start)
  }
}

function readAggregate(scanner: Scanner, name: string, at: number): Aggregate | undefined {
  if (name === 'count') return readCount(scanner, at)
  if (name === 'pct' || name === 'percentile') {
    const argument = readExpression(scanner)
    scanner.expect(',')
    scanner.skip()
    const percent = scanner.match(/\d+(?:\.\d+)?/y)
    if (!percent) throw scanner.unexpected()
    scanner.expect(')')
    return { at, argument, begin: numbers((list) => percentile(list, Number(percent[0]))) }
  }
  const begin = Object.hasOwn(simple, name) ? simple[name] : undefined
  if (!begin) return undefined
  const argument = readExpression(scanner)
  scanner.expect(')')
  return { at, argument, begin }
}

/** `count(*)` and `count()` count events, `count(field)` those that have the field. */
function readCount(scanner: Scanner, at: number): Aggregate {
  const all = scanner.sign('*') !== undefined || /^\s*\)/.test(scanner.text.slice(scanner.at))
  const argument = all ? undefined : readExpression(scanner)
  scanner.expect(')')
  const begin = () => {
    let count = 0
    return gathered(
      (value) => {
        if (all || value !== undefined) count++
      },
      () => count,
    )
  }
  return { at, ...(argument && { argument }), begin }
}
