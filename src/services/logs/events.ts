import type { Row, Store } from '../../store/store.ts'
import type { LogStream } from './log-stream.ts'

/** One PutLogEvents batch: document `logs/events`, keyed by the stream's key, first timestamp and number of the batch. */
export interface Batch {
  number: number
  ingestionTime: number
  /** In order of time, as PutLogEvents demands. */
  events: { timestamp: number; message: string }[]
}

/** Where an event stands in its stream. Events are in order of time, those of the same millisecond in order of arrival. */
export interface Position {
  timestamp: number
  batch: number
  index: number
}

export interface StoredEvent {
  position: Position
  timestamp: number
  message: string
  ingestionTime: number
}

export function batchKey(streamKey: string, { number, events }: Batch): string {
  return `${streamKey}/${digits(events[0]!.timestamp, 16)}-${digits(number, 12)}`
}

export function comparePositions(a: Position, b: Position): number {
  return a.timestamp - b.timestamp || a.batch - b.batch || a.index - b.index
}

/** 56 digits, as AWS's tokens and event ids have. */
export function printPosition({ timestamp, batch, index }: Position): string {
  return `${digits(timestamp, 16)}${digits(batch, 20)}${digits(index, 20)}`
}

export function parsePosition(text: string): Position | undefined {
  if (!/^\d{56}$/.test(text)) return undefined
  const [timestamp, batch, index] = [text.slice(0, 16), text.slice(16, 36), text.slice(36)].map(Number)
  return { timestamp: timestamp!, batch: batch!, index: index! }
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0')
}

/** A stream to read: its document and its key. */
export interface Source {
  key: string
  stream: LogStream
}

/** Events at or after a position, oldest first. Batches may overlap in time, so one is merged in before its time comes. */
export function* eventsFrom(store: Store, source: Source, from: Position): Generator<StoredEvent, void> {
  const earliest = Math.max(0, from.timestamp - source.stream.spanMs)
  let waiting: StoredEvent[] = []
  for (const { value: batch } of batchesForward(store, source.key, earliest)) {
    const start = batch.events[0]!.timestamp
    const ready = waiting.filter(({ timestamp }) => timestamp < start)
    waiting = [...waiting.filter(({ timestamp }) => timestamp >= start), ...eventsOf(batch)].sort(byPosition)
    for (const event of ready) if (comparePositions(event.position, from) >= 0) yield event
  }
  for (const event of waiting) if (comparePositions(event.position, from) >= 0) yield event
}

/** Events before a position, newest first. */
export function* eventsBefore(store: Store, source: Source, before: Position): Generator<StoredEvent, void> {
  let waiting: StoredEvent[] = []
  for (const { value: batch } of batchesBackward(store, source.key)) {
    // Nothing in this batch or an older one is later than that.
    const latest = batch.events[0]!.timestamp + source.stream.spanMs
    const ready = waiting.filter(({ timestamp }) => timestamp > latest)
    waiting = [...eventsOf(batch), ...waiting.filter(({ timestamp }) => timestamp <= latest)].sort(byPosition)
    for (const event of ready.reverse()) if (comparePositions(event.position, before) < 0) yield event
  }
  for (const event of waiting.reverse()) if (comparePositions(event.position, before) < 0) yield event
}

function byPosition(a: StoredEvent, b: StoredEvent): number {
  return comparePositions(a.position, b.position)
}

function eventsOf({ number, ingestionTime, events }: Batch): StoredEvent[] {
  return events.map(({ timestamp, message }, index) => ({
    position: { timestamp, batch: number, index },
    timestamp,
    message,
    ingestionTime,
  }))
}

const rowsAtOnce = 64

function* batchesForward(store: Store, streamKey: string, earliest: number): Generator<Row<Batch>, void> {
  const prefix = `${streamKey}/`
  let after = `${prefix}${digits(earliest, 16)}`
  for (;;) {
    const rows = store.list<Batch>('logs/events', { prefix, after, limit: rowsAtOnce })
    yield* rows
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)!.key
  }
}

/** Newest first, by ever longer looks back: the store cannot be asked for keys below a bound. */
function* batchesBackward(store: Store, streamKey: string): Generator<Row<Batch>, void> {
  let seen = 0
  for (let limit = rowsAtOnce; ; limit *= 4) {
    const rows = store.list<Batch>('logs/events', { prefix: `${streamKey}/`, reverse: true, limit })
    yield* rows.slice(seen)
    if (rows.length < limit) return
    seen = rows.length
  }
}
