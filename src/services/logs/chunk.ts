import type { Store } from '../../store/store.ts'

/**
 * Document `logs/events`: consecutive events of one PutLogEvents batch, keyed by the stream's key of events, the time of
 * its first event and its number. Small, so that a page of a long stream costs a page; short in time, so that a batch
 * that spans a day does not make every read look back a day.
 */
export interface Chunk {
  number: number
  ingestionTime: number
  /** In order of time, as PutLogEvents demands. */
  times: number[]
  messages: string[]
  /** Of a group that a KMS key protects: the messages under that data key, in place of `messages`. */
  sealed?: { dataKey: string; text: string; bytes: number }
}

export interface Event {
  timestamp: number
  message: string
}

/** CloudWatch Logs counts 26 bytes for every event beside its UTF-8 (API Reference, PutLogEvents). */
export const eventBytes = (message: string): number => Buffer.byteLength(message) + 26

const chunkLimits = { events: 256, bytes: 16_384, spanMs: 60_000 }

/** Cuts a batch into chunks. */
export function chunksOf(events: readonly Event[], number: number, ingestionTime: number): Chunk[] {
  const chunks: Chunk[] = []
  let open: Chunk | undefined
  let bytes = 0
  for (const { timestamp, message } of events) {
    const size = eventBytes(message)
    const full =
      open !== undefined &&
      (open.times.length === chunkLimits.events ||
        bytes + size > chunkLimits.bytes ||
        timestamp - open.times[0]! > chunkLimits.spanMs)
    if (!open || full) {
      open = { number: number + chunks.length, ingestionTime, times: [], messages: [] }
      chunks.push(open)
      bytes = 0
    }
    open.times.push(timestamp)
    open.messages.push(message)
    bytes += size
  }
  return chunks
}

export function chunkKey(eventsKey: string, { number, times }: Chunk): string {
  return `${eventsKey}/${digits(times[0]!, 16)}-${digits(number, 12)}`
}

export function digits(value: number, length: number): string {
  return String(value).padStart(length, '0')
}

/** Chunks read at once: few at first, as most pages need no more. */
const pageSizes = { first: 2, most: 16 }

const grown = (size: number): number => Math.min(pageSizes.most, size * 2)

/** Chunks whose first event is at or after a time, in order. */
export function* chunksFrom(store: Store, eventsKey: string, earliest: number): Generator<Chunk, void> {
  const prefix = `${eventsKey}/`
  let after = `${prefix}${digits(earliest, 16)}`
  for (let limit = pageSizes.first; ; limit = grown(limit)) {
    const rows = store.list<Chunk>('logs/events', { prefix, after, limit })
    for (const { value } of rows) yield value
    if (rows.length < limit) return
    after = rows.at(-1)!.key
  }
}

/** Chunks whose first event is before a time, last first. */
export function* chunksBefore(store: Store, eventsKey: string, time: number): Generator<Chunk, void> {
  const prefix = `${eventsKey}/`
  let bound = `${digits(Math.max(0, time), 16)}-`
  for (let limit = pageSizes.first; ; limit = grown(limit)) {
    const rows = lastBefore(store, { prefix, bound, limit })
    for (const { value } of rows) yield value
    if (rows.length === 0) return
    bound = rows.at(-1)!.key.slice(prefix.length)
  }
}

/**
 * Some of the last documents before a bound. The store lists backwards from the end of a prefix only: keys are digits, so
 * those before `…472` begin with `…471`, `…470`, `…46` and so on, and the first of these that is not empty has the answer.
 */
function lastBefore(store: Store, { prefix, bound, limit }: { prefix: string; bound: string; limit: number }) {
  for (let at = bound.length - 1; at >= 0; at--) {
    for (let digit = Number(bound[at]) - 1; digit >= 0; digit--) {
      const within = `${prefix}${bound.slice(0, at)}${digit}`
      const rows = store.list<Chunk>('logs/events', { prefix: within, reverse: true, limit })
      if (rows.length > 0) return rows
    }
  }
  return []
}
