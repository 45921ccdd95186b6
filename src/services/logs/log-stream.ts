import type { Store } from '../../store/store.ts'
import { invalidParameter, streamNotFound } from './errors.ts'
import { groupArn, groupKey, type GroupId } from './log-group.ts'

/** Document `logs/stream`, keyed by the group's key and the stream's percent-encoded name. */
export interface LogStream {
  name: string
  creationTime: number
  /** Absent until the first event. */
  firstEventTimestamp?: number
  lastEventTimestamp?: number
  lastIngestionTime?: number
  /** Batches taken so far; the next one gets this number. */
  batches: number
  /** Longest time between the first and the last event of one batch, in milliseconds. */
  spanMs: number
  /** UTF-8 of all messages and 26 bytes an event, as AWS counts. */
  storedBytes: number
}

export function streamKey(group: GroupId, name: string): string {
  // A lone surrogate has no UTF-8 form, hence no key. inferred: sentence
  if (!name.isWellFormed()) throw invalidParameter('The log stream name is not well-formed Unicode.')
  return `${groupKey(group)}/${encodeURIComponent(name)}`
}

export function streamArn(group: GroupId, name: string): string {
  return `${groupArn(group)}:log-stream:${name}`
}

/** The stream's document, or ResourceNotFoundException. */
export function findStream(store: Store, group: GroupId, name: string): LogStream {
  const stream = store.get<LogStream>('logs/stream', streamKey(group, name))
  if (!stream) throw streamNotFound()
  return stream
}

export function streamsOf(store: Store, group: GroupId): LogStream[] {
  return store.list<LogStream>('logs/stream', { prefix: `${groupKey(group)}/` }).map(({ value }) => value)
}

/** Removes a stream's document with its events. */
export function removeStream(store: Store, group: GroupId, name: string): void {
  const key = streamKey(group, name)
  for (const row of store.list('logs/events', { prefix: `${key}/` })) store.delete('logs/events', row.key)
  store.delete('logs/stream', key)
}
