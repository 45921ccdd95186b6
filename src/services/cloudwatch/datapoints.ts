import type { Store } from '../../store/store.ts'
import { folded, widened, type Cell } from './cell.ts'

/** Document `cloudwatch/datapoints`: the cells of one metric that begin in one minute, keyed by the metric's key and the minute. */
interface Minute {
  cells: Cell[]
}

const KIND = 'cloudwatch/datapoints'
const HOUR = 3600
const DAY = 24 * HOUR

/**
 * How long data is kept at which length (User Guide, "Metrics retention"): of a shorter period than `seconds`, data older
 * than `after` cannot be told any more.
 */
export const retention = [
  { seconds: 60, after: 3 * HOUR },
  { seconds: 300, after: 15 * DAY },
  { seconds: 3600, after: 63 * DAY },
] as const
export const KEPT = 455 * DAY

/** The shortest period that data of that age is known for, whatever it was put with. */
export function resolutionAt(ageSeconds: number): number {
  return retention.findLast(({ after }) => ageSeconds > after)?.seconds ?? 1
}

export function addCells(store: Store, metric: string, cells: readonly Cell[]): void {
  const minutes = Map.groupBy(cells, ({ time }) => minuteKey(metric, time))
  for (const [key, more] of minutes) {
    const before = store.get<Minute>(KIND, key)?.cells ?? []
    store.put<Minute>(KIND, key, { cells: folded(before, more) })
  }
}

/** Cells of a metric that begin in `start` … `end` (epoch seconds, without the end), as they are known at `now`. */
export function* cellsBetween(
  store: Store,
  metric: string,
  { start, end, period, now }: { start: number; end: number; period: number; now: number },
): Generator<Cell, void> {
  const from = Math.max(start, now - KEPT)
  for (const { cells } of minutesBetween(store, metric, from - longestCell(now - from), end)) {
    for (const cell of cells) {
      const known = resolutionAt(now - cell.time)
      const seconds = Math.max(cell.seconds, known)
      if (seconds > 60 && period % seconds !== 0) continue
      // A minute that is asked for by the second is told as a minute; after three hours nothing is told by the second.
      if (known >= 60 && period % 60 !== 0) continue
      const time = Math.floor(cell.time / seconds) * seconds
      if (time >= from && time < end) yield seconds === cell.seconds ? cell : widened(cell, seconds)
    }
  }
}

/** Cells may begin that much before the time that is asked for, and be part of it. */
function longestCell(age: number): number {
  return age > 15 * DAY ? HOUR : 60
}

/** Minutes of a metric in their order, a page at a time; nothing else is read. */
function* minutesBetween(store: Store, metric: string, start: number, end: number): Generator<Minute, void> {
  const limit = 500
  const last = minuteKey(metric, end)
  let after = minuteKey(metric, start - 60)
  for (;;) {
    const rows = store.list<Minute>(KIND, { prefix: `${metric}/`, after, limit })
    for (const { key, value } of rows) {
      if (key > last) return
      yield value
    }
    if (rows.length < limit) return
    after = rows.at(-1)!.key
  }
}

/**
 * Makes room: what is too old to be known by its second, minute … is kept by the longer cell, what is too old at all is
 * deleted. Takes one metric and at most `limit` minutes; true while there is more to do. Reads answer the same before and after.
 */
export function compact(store: Store, metric: string, now: number, limit = 500): boolean {
  const rows = store.list<Minute>(KIND, { prefix: `${metric}/`, limit })
  const old = rows.filter(({ key, value }) => {
    const age = now - minuteOf(key)
    return age > KEPT || value.cells.some(({ seconds }) => seconds < resolutionAt(age - HOUR))
  })
  if (old.length === 0) return false
  store.transaction(() => {
    const kept: Cell[] = []
    for (const { key, value } of old) {
      store.delete(KIND, key)
      if (now - minuteOf(key) > KEPT) continue
      // An hour's grace: then the whole of the longer cell is as old.
      const seconds = resolutionAt(now - minuteOf(key) - HOUR)
      kept.push(...value.cells.map((cell) => (cell.seconds < seconds ? widened(cell, seconds) : cell)))
    }
    addCells(store, metric, folded([], kept))
  })
  return rows.length === limit
}

function minuteKey(metric: string, time: number): string {
  return `${metric}/${String(Math.max(0, Math.floor(time / 60))).padStart(10, '0')}`
}

function minuteOf(key: string): number {
  return Number(key.slice(-10)) * 60
}
