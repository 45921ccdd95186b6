import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import { invalidParameter, streamNotFound } from './errors.ts'
import { groupArn, groupKey, type GroupId } from './log-group.ts'
import { addStoredBytes } from './stored-bytes.ts'

/** Document `logs/stream`, keyed by the group's key and the stream's percent-encoded name. */
export interface LogStream {
  /** Under which its events lie: those of a stream that was deleted are never taken for those of its namesake. */
  id: string
  name: string
  creationTime: number
  /** Absent until the first event. */
  firstEventTimestamp?: number
  lastEventTimestamp?: number
  lastIngestionTime?: number
  /** Chunks taken so far; the next one gets this number. */
  batches: number
  /** Longest time between the first and the last event of one chunk, in milliseconds. */
  spanMs: number
  /** UTF-8 of all messages and 26 bytes an event, as AWS counts. */
  storedBytes: number
}

export function streamKey(group: GroupId, name: string): string {
  // A lone surrogate has no UTF-8 form, hence no key. inferred: sentence
  if (!name.isWellFormed()) throw invalidParameter('The log stream name is not well-formed Unicode.')
  return `${groupKey(group)}/${encodeURIComponent(name)}`
}

/** What the keys of a stream's chunks begin with. */
export function eventsKey({ account, region }: GroupId, { id }: LogStream): string {
  return `${account}/${region}/${id}`
}

export function streamArn(group: GroupId, name: string): string {
  return `${groupArn(group)}:log-stream:${name}`
}

export function newStream(world: World, name: string, creationTime: number): LogStream {
  return { id: world.hex(16), name, creationTime, batches: 0, spanMs: 0, storedBytes: 0 }
}

/** The stream's document, or ResourceNotFoundException. */
export function findStream(store: Store, group: GroupId, name: string): LogStream {
  const stream = store.get<LogStream>('logs/stream', streamKey(group, name))
  if (!stream) throw streamNotFound()
  return stream
}

/** Streams in order of their keys. */
export function streamsOf(store: Store, group: GroupId, prefix = ''): LogStream[] {
  const encoded = prefix.isWellFormed() ? encodeURIComponent(prefix) : prefix
  return store.list<LogStream>('logs/stream', { prefix: `${groupKey(group)}/${encoded}` }).map(({ value }) => value)
}

/** Document `logs/garbage`, keyed by what the keys of a deleted stream's chunks begin with: upkeep.ts takes them away. */
export interface Garbage {
  deletedAt: number
}

/** Removes a stream at once, its events bit by bit: a million of them would hold up everybody else. */
export function removeStream(store: Store, group: GroupId, name: string, now: number): void {
  const stream = findStream(store, group, name)
  if (stream.batches > 0) store.put<Garbage>('logs/garbage', eventsKey(group, stream), { deletedAt: now })
  addStoredBytes(store, group, -stream.storedBytes)
  store.delete('logs/stream', streamKey(group, name))
}
