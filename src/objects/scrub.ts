import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { Objects, StoredBytes } from './objects.ts'

/** Document `s3/scrub`, key `last`: what the last complete walk over the stored bytes found. */
export interface ScrubReport {
  /** Epoch milliseconds. */
  startedAt: number
  endedAt: number
  blobs: number
  bytes: number
  /** Documents whose bytes are not what was written, or are gone. */
  damaged: ScrubFinding[]
  lost: ScrubFinding[]
  /** Bytes of no document: removed now, and to be removed if the next walk finds them again. */
  removed: number
  suspects: string[]
}

export interface ScrubFinding {
  id: string
  /** `KIND KEY` of the document that they belong to. */
  of: string
}

export interface ScrubOptions {
  now: () => number
  /** How fast it reads, at most. */
  bytesPerSecond: number
  /** What the walk before this one suspected. */
  suspects: readonly string[]
  signal?: AbortSignal
}

export const SCRUBS = 's3/scrub'

/** A write may take a day from its bytes to its document (a multipart upload's part has one at once; this is for what comes). */
const YOUNG_MS = 24 * 3600 * 1000
const PAGE = 200
const MAX_FINDINGS = 1000

/**
 * Walks every document that stands for bytes and reads those, slowly; then every blob, for those that no document names. A blob is
 * removed when it is old and two whole walks on end found no word of it in any document, whatever its kind: nothing here knows
 * which services keep bytes, so none can be forgotten. Rejects when the signal aborts it.
 */
export async function scrub(store: Store, objects: Objects, options: ScrubOptions): Promise<ScrubReport> {
  const { now, bytesPerSecond, signal } = options
  const report: ScrubReport = {
    startedAt: now(),
    endedAt: 0,
    blobs: 0,
    bytes: 0,
    damaged: [],
    lost: [],
    removed: 0,
    suspects: [],
  }
  const named = new Set<string>()
  for await (const { kind, key, value } of documents(store, signal)) {
    for (const [id] of key.matchAll(IDS)) named.add(id)
    const found: StoredBytes[] = []
    collect(value, named, found)
    for (const bytes of found) {
      // What was replaced or deleted since the page was read is no loss.
      const broken =
        (await objects.check(bytes)) && stillNamed(store, kind, key, bytes.id) && (await objects.check(bytes))
      if (broken) {
        const list = broken.kind === 'lost' ? report.lost : report.damaged
        if (list.length < MAX_FINDINGS) list.push({ id: bytes.id, of: `${kind} ${key}` })
      }
      report.blobs++
      report.bytes += bytes.size
      await pause((bytes.size / bytesPerSecond) * 1000, undefined, { signal })
    }
  }
  const suspected = new Set(options.suspects)
  if (suspected.size > 0) await store.durable()
  for await (const { id, writtenAt } of objects.list()) {
    signal?.throwIfAborted()
    if (named.has(id) || writtenAt > report.startedAt - YOUNG_MS) continue
    if (suspected.has(id)) {
      await objects.delete(id)
      report.removed++
    } else report.suspects.push(id)
  }
  report.endedAt = now()
  return report
}

async function* documents(
  store: Store,
  signal: AbortSignal | undefined,
): AsyncIterable<{ kind: string; key: string; value: unknown }> {
  for (const kind of store.kinds()) {
    if (kind === SCRUBS) continue
    for (let after: string | undefined; ;) {
      const page = store.list(kind, { limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const { key, value } of page) yield { kind, key, value }
      // Others have their turn between pages.
      await pause(0, undefined, { signal })
      if (page.length < PAGE) break
      after = page.at(-1)!.key
    }
  }
}

const ID = /^[0-9a-f]{32}$/
const IDS = /[0-9a-f]{32}/g

/** Every id that stands anywhere in a document, as a value or a name, and what has the form of stored bytes. */
function collect(value: unknown, named: Set<string>, found: StoredBytes[]): void {
  if (typeof value === 'string') {
    if (ID.test(value)) named.add(value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const bytes = value as Partial<StoredBytes>
  const sealed = typeof bytes.key === 'string' || typeof bytes.crc32 === 'number'
  if (typeof bytes.id === 'string' && ID.test(bytes.id) && typeof bytes.size === 'number' && sealed) {
    found.push(value as StoredBytes)
  }
  for (const [name, member] of Object.entries(value)) {
    if (ID.test(name)) named.add(name)
    collect(member, named, found)
  }
}

function stillNamed(store: Store, kind: string, key: string, id: string): boolean {
  const named = new Set<string>()
  collect(store.get(kind, key), named, [])
  return named.has(id)
}
