import type { Store } from '../../store/store.ts'
import { chunksBefore, chunksFrom, digits, type Chunk } from './chunk.ts'
import { eventsKey, type LogStream } from './log-stream.ts'
import type { GroupId } from './log-group.ts'
import { openMessages, type DataKeys } from './sealed.ts'

/** Where an event stands in its stream. Events are in order of time, those of the same millisecond in order of arrival. */
export interface Position {
  timestamp: number
  /** Number of its chunk. */
  batch: number
  index: number
}

export interface StoredEvent {
  position: Position
  timestamp: number
  message: string
  ingestionTime: number
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

/** A stream to read: whose it is, and what opens it. */
export interface Source {
  group: GroupId
  stream: LogStream
  keys: DataKeys
}

/** Events at or after a position, oldest first. Chunks may overlap in time, so one is merged in before its time comes. */
export function* eventsFrom(store: Store, source: Source, from: Position): Generator<StoredEvent, void> {
  const earliest = Math.max(0, from.timestamp - source.stream.spanMs)
  let waiting: StoredEvent[] = []
  for (const chunk of chunksFrom(store, eventsKey(source.group, source.stream), earliest)) {
    const start = chunk.times[0]!
    const ready = waiting.filter(({ timestamp }) => timestamp < start)
    waiting = merged(
      waiting.filter(({ timestamp }) => timestamp >= start),
      eventsOf(chunk, source.keys),
    )
    for (const event of ready) if (comparePositions(event.position, from) >= 0) yield event
  }
  for (const event of waiting) if (comparePositions(event.position, from) >= 0) yield event
}

/** Events before a position, newest first. */
export function* eventsBefore(store: Store, source: Source, before: Position): Generator<StoredEvent, void> {
  let waiting: StoredEvent[] = []
  for (const chunk of chunksBefore(store, eventsKey(source.group, source.stream), before.timestamp + 1)) {
    // Nothing in this chunk or an older one is later than that.
    const latest = chunk.times[0]! + source.stream.spanMs
    const ready = waiting.filter(({ timestamp }) => timestamp > latest)
    waiting = merged(
      eventsOf(chunk, source.keys),
      waiting.filter(({ timestamp }) => timestamp <= latest),
    )
    for (const event of ready.reverse()) if (comparePositions(event.position, before) < 0) yield event
  }
  for (const event of waiting.reverse()) if (comparePositions(event.position, before) < 0) yield event
}

/** Two lists in order as one; most often one ends before the other begins. */
function merged(a: StoredEvent[], b: StoredEvent[]): StoredEvent[] {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const all = [...a, ...b]
  return byPosition(a.at(-1)!, b[0]!) < 0 ? all : all.sort(byPosition)
}

function byPosition(a: StoredEvent, b: StoredEvent): number {
  return comparePositions(a.position, b.position)
}

function eventsOf(chunk: Chunk, keys: DataKeys): StoredEvent[] {
  const { number, ingestionTime, times } = chunk
  const messages = openMessages(chunk, keys)
  return times.map((timestamp, index) => ({
    position: { timestamp, batch: number, index },
    timestamp,
    message: messages[index]!,
    ingestionTime,
  }))
}
