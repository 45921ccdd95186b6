/** What was put of one metric for one second, minute, five minutes or hour, in one unit. Units never mix. */
export interface Cell {
  /** Epoch seconds at which it begins. */
  time: number
  /** How much time it covers: 1, 60, 300 or 3600 seconds. */
  seconds: number
  unit: string
  count: number
  sum: number
  minimum: number
  maximum: number
  /** Values and how often each came; absent where a statistic set left that unknown. */
  values?: [value: number, count: number][]
}

/** Beyond so many different values a cell keeps them by ranges; extremes, sum and count stay exact. */
const VALUES_MAX = 1000

/** Ranges are one per cent wide, so that a percentile out of them is wrong by half of that at most. */
const RANGE = Math.log(1.01)

/** One cell out of cells of one time and unit. */
export function merged(cells: readonly Cell[]): Cell {
  const [first] = cells as readonly [Cell]
  const known = cells.every(({ values }) => values !== undefined)
  const { count, sum, minimum, maximum } = totals(cells)
  return {
    time: first.time,
    seconds: first.seconds,
    unit: first.unit,
    count,
    sum,
    minimum,
    maximum,
    ...(known && { values: bounded(counted(cells.flatMap(({ values }) => values!))) }),
  }
}

/** Count, sum and extremes of cells that come together; of no cells, those of nothing. */
export function totals(cells: readonly Cell[]): Pick<Cell, 'count' | 'sum' | 'minimum' | 'maximum'> {
  let [count, sum, minimum, maximum] = [0, 0, Infinity, -Infinity]
  for (const cell of cells) {
    count += cell.count
    sum += cell.sum
    minimum = Math.min(minimum, cell.minimum)
    maximum = Math.max(maximum, cell.maximum)
  }
  return { count, sum, minimum, maximum }
}

/** Cells with more of them laid in: what has the same time, length and unit becomes one. */
export function folded(before: readonly Cell[], more: readonly Cell[]): Cell[] {
  const groups = new Map<string, Cell[]>()
  for (const cell of [...before, ...more]) {
    const key = `${cell.time}/${cell.seconds}/${cell.unit}`
    const group = groups.get(key)
    if (group) group.push(cell)
    else groups.set(key, [cell])
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : merged(group)))
}

/** The same data in a longer cell. */
export function widened(cell: Cell, seconds: number): Cell {
  return { ...cell, time: Math.floor(cell.time / seconds) * seconds, seconds }
}

/** Values in their order, each once. */
export function counted(values: readonly (readonly [number, number])[]): [number, number][] {
  const counts = new Map<number, number>()
  for (const [value, count] of values) counts.set(value, (counts.get(value) ?? 0) + count)
  return [...counts].sort((a, b) => a[0] - b[0])
}

function bounded(values: [number, number][]): [number, number][] {
  if (values.length <= VALUES_MAX) return values
  return counted(values.map(([value, count]) => [rangeOf(value), count]))
}

/** The middle of the range that a value lies in; it lies in that range itself. */
function rangeOf(value: number): number {
  if (value === 0) return 0
  return Math.sign(value) * Math.exp((Math.floor(Math.log(Math.abs(value)) / RANGE) + 0.5) * RANGE)
}
