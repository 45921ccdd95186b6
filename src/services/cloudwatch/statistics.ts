import { counted, totals, type Cell } from './cell.ts'

/** Computes one statistic of a period; undefined where it cannot be told (the values of statistic sets are not known). */
export type Statistic = (cells: readonly Cell[]) => number | undefined

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: (cells) => totals(cells).count,
  Sum: (cells) => totals(cells).sum,
  Average: (cells) => totals(cells).sum / totals(cells).count,
  Minimum: (cells) => totals(cells).minimum,
  Maximum: (cells) => totals(cells).maximum,
}

const number = String.raw`(\d+(?:\.\d{1,10})?)`
const percentilePattern = new RegExp(`^p${number}$`)
const shortPattern = new RegExp(`^(tm|wm|tc|ts)${number}$`)
const boundsPattern = new RegExp(String.raw`^(TM|WM|TC|TS|PR)\(${number}?(%?):${number}?(%?)\)$`)

/** `Sum`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM` … (User Guide, "CloudWatch statistics definitions"); undefined for no statistic. */
export function statisticNamed(name: string): Statistic | undefined {
  if (Object.hasOwn(simple, name)) return simple[name]
  if (name === 'IQM') return trimmed('TM', { lower: 25, upper: 75, percent: true })
  const percent = percentilePattern.exec(name)?.[1]
  if (percent !== undefined)
    return Number(percent) <= 100 ? withValues((v) => percentile(v, Number(percent))) : undefined
  const [, short, upTo] = shortPattern.exec(name) ?? []
  if (short !== undefined) {
    return Number(upTo) <= 100
      ? trimmed(short.toUpperCase(), { lower: 0, upper: Number(upTo), percent: true })
      : undefined
  }
  return bounded(name)
}

interface Bounds {
  lower: number
  upper: number
  percent: boolean
}

function bounded(name: string): Statistic | undefined {
  const [, kind, low, lowUnit, high, highUnit] = boundsPattern.exec(name) ?? []
  if (kind === undefined || (low === undefined && high === undefined)) return undefined
  const percent = lowUnit === '%' || highUnit === '%'
  if (percent && ((low !== undefined && lowUnit !== '%') || (high !== undefined && highUnit !== '%'))) return undefined
  if (percent && kind === 'PR') return undefined
  const lower = low === undefined ? (percent ? 0 : -Infinity) : Number(low)
  const upper = high === undefined ? (percent ? 100 : Infinity) : Number(high)
  if (lower >= upper || (percent && upper > 100)) return undefined
  return trimmed(kind, { lower, upper, percent })
}

/** Names a statistic that only values tell, not statistic sets. */
export function isExtended(name: string): boolean {
  return !Object.hasOwn(simple, name)
}

type Values = readonly (readonly [value: number, count: number])[]

function withValues(of: (values: Values, count: number) => number | undefined): Statistic {
  return (cells) => {
    if (cells.some(({ values }) => values === undefined)) return undefined
    const values = counted(cells.flatMap((cell) => cell.values!))
    return of(values, totals(cells).count)
  }
}

/** Not told where any value is negative (User Guide, "Percentiles"). inferred: between two values it is interpolated. */
function percentile(values: Values, percent: number): number | undefined {
  if (values.length === 0 || values[0]![0] < 0) return undefined
  const count = values.reduce((sum, [, times]) => sum + times, 0)
  const rank = (percent * (count - 1)) / 100
  const valueAt = (index: number): number => {
    let seen = 0
    for (const [value, times] of values) {
      seen += times
      if (index < seen) return value
    }
    return values.at(-1)![0]
  }
  const [low, high] = [valueAt(Math.floor(rank)), valueAt(Math.ceil(rank))]
  return low + (high - low) * (rank - Math.floor(rank))
}

/** Absolute bounds: above the lower, up to and with the upper. inferred: of percents, a value at the bound counts in part. */
function trimmed(kind: string, bounds: Bounds): Statistic {
  return withValues((values, count) => {
    const within = weights(values, count, bounds)
    const weight = within.reduce((sum, [, times]) => sum + times, 0)
    const sum = within.reduce((total, [value, times]) => total + value * times, 0)
    switch (kind) {
      case 'TC':
        return Math.round(weight)
      case 'TS':
        return sum
      case 'PR':
        return (weight / count) * 100
      case 'TM':
        return weight > 0 ? sum / weight : undefined
      default:
        return winsorized(values, count, bounds, within)
    }
  })
}

function weights(values: Values, count: number, { lower, upper, percent }: Bounds): Values {
  if (!percent) return values.filter(([value]) => value > lower && value <= upper)
  const [from, to] = [(lower * count) / 100, (upper * count) / 100]
  let seen = 0
  return values.flatMap(([value, times]) => {
    const part = Math.min(seen + times, to) - Math.max(seen, from)
    seen += times
    return part > 0 ? [[value, part] as const] : []
  })
}

/** What lies outside counts as the value at the bound. */
function winsorized(values: Values, count: number, { lower, upper, percent }: Bounds, within: Values) {
  if (within.length === 0) return undefined
  const [low, high] = percent ? [within[0]![0], within.at(-1)![0]] : [lower, upper]
  const sum = values.reduce((total, [value, times]) => total + Math.min(high, Math.max(low, value)) * times, 0)
  return sum / count
}

/** One period of one metric: its cells come together. */
export interface Bucket {
  /** Epoch seconds at which the period begins. */
  time: number
  unit: string
  cells: Cell[]
}

/** Cells by period, oldest first. Periods are counted from `start`; with `byUnit` each unit has buckets of its own. */
export function bucketsOf(
  cells: Iterable<Cell>,
  period: number,
  { start, byUnit = false }: { start: number; byUnit?: boolean },
): Bucket[] {
  const buckets = new Map<string, Bucket>()
  for (const cell of cells) {
    const time = start + Math.floor((cell.time - start) / period) * period
    const key = byUnit ? `${time}/${cell.unit}` : String(time)
    const bucket = buckets.get(key)
    if (bucket) bucket.cells.push(cell)
    else buckets.set(key, { time, unit: cell.unit, cells: [cell] })
  }
  return [...buckets.values()].sort((a, b) => a.time - b.time)
}

/** 1, 5, 10, 20, 30 seconds or whole minutes. */
export function isPeriod(period: number): boolean {
  return [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)
}
