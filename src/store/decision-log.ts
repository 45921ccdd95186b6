import { DatabaseSync } from 'node:sqlite'
import { firstIdAt, timeOf, uuidOf } from '../door/request-id.ts'
import type { DecisionTrace } from '../door/trace.ts'
import { pack, unpack } from './decision-block.ts'
import type { Decisions } from './decisions.ts'

export interface DecisionLimits {
  /** The newest so many records are kept, and at most one block more: the oldest go first, a block at a time. */
  max: number
  /** Records older than so many days go. */
  days: number
  /** Epoch milliseconds. */
  now: () => number
}

/** Records are in memory for at most so long. */
const FLUSH_AFTER_MS = 1000
/** … and at most so many: to write them takes a few milliseconds, in which nothing else is done. */
const FLUSH_AT = 100
/** Ids in one block lie within this time of each other, so that a look-up needs to try only the blocks near its own time. */
const BLOCK_MS = 5000

type Block = { first: string; body: Uint8Array }
type OldestBlock = { rowid: number; last: string; records: number }

/**
 * Opens the record of decisions, beside the store, in a file or in memory (`':memory:'`).
 * Appending costs next to nothing: records are written in blocks, one row for each flush, and found again by the time in
 * their id. A block that is written survives the end of the process (WAL, synchronous=NORMAL: not necessarily of the power).
 */
export function openDecisions(path: string, { max, days, now }: DecisionLimits): Decisions {
  const db = new DatabaseSync(path, { timeout: 5000 })
  db.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS blocks (
      first TEXT NOT NULL, last TEXT NOT NULL, records INTEGER NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS by_time ON blocks (first, last, records)`)
  const insert = db.prepare('INSERT INTO blocks (first, last, records, body) VALUES (?, ?, ?, ?)')
  const around = db.prepare('SELECT body FROM blocks WHERE first BETWEEN ? AND ? AND last >= ? ORDER BY first DESC')
  const newestFirst = db.prepare('SELECT first, body FROM blocks ORDER BY first DESC')
  const oldest = db.prepare('SELECT rowid, last, records FROM blocks ORDER BY first LIMIT 1')
  const remove = db.prepare('DELETE FROM blocks WHERE rowid = ?')

  let kept = (db.prepare('SELECT coalesce(sum(records), 0) AS n FROM blocks').get() as { n: number }).n
  /** Not yet written, by id. */
  let pending = new Map<string, DecisionTrace>()
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (pending.size === 0) return
    const traces = [...pending.values()].sort(byId)
    const keptBefore = kept
    db.exec('BEGIN')
    try {
      for (const block of blocks(traces)) {
        insert.run(block[0]!.requestId, block.at(-1)!.requestId, block.length, pack(block))
      }
      kept += traces.length
      prune()
      db.exec('COMMIT')
    } catch (error) {
      kept = keptBefore
      db.exec('ROLLBACK')
      throw error
    }
    pending = new Map()
  }

  /** A full disk must not end the process: what could not be written stays, and `append` fails once that is too much. */
  function flushLater(): void {
    timer = undefined
    try {
      flush()
    } catch {
      timer ??= setTimeout(flushLater, FLUSH_AFTER_MS).unref()
    }
  }

  function prune(): void {
    const expired = firstIdAt(now() - days * 86_400_000)
    for (;;) {
      const block = oldest.get() as OldestBlock | undefined
      if (!block || (block.last >= expired && kept - block.records < max)) return
      remove.run(block.rowid)
      kept -= block.records
    }
  }

  return {
    flush,
    append(trace) {
      pending.set(trace.requestId, trace)
      if (pending.size >= FLUSH_AT) flush()
      else timer ??= setTimeout(flushLater, FLUSH_AFTER_MS).unref()
    },
    get(requestId) {
      const id = uuidOf(requestId)
      if (id === undefined) return undefined
      const unwritten = pending.get(id)
      if (unwritten) return unwritten
      for (const { body } of around.iterate(firstIdAt(timeOf(id)! - BLOCK_MS), id, id) as Iterable<
        Pick<Block, 'body'>
      >) {
        const found = unpack(body).find((trace) => trace.requestId === id)
        if (found) return found
      }
      return undefined
    },
    recent(limit) {
      if (limit < 1) return []
      const newest = [...pending.values()]
      // Blocks overlap by at most their own length in time, so a little beyond the last one wanted is far enough.
      let farEnough: string | undefined
      for (const { first, body } of newestFirst.iterate() as Iterable<Block>) {
        if (newest.length >= limit) farEnough ??= firstIdAt(idTime(newest.sort(newestIdFirst)[limit - 1]!) - BLOCK_MS)
        if (farEnough !== undefined && first < farEnough) break
        newest.push(...unpack(body))
      }
      return newest.sort(newestIdFirst).slice(0, limit)
    },
    close() {
      flush()
      db.close()
    },
  }
}

function byId(a: DecisionTrace, b: DecisionTrace): number {
  return a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0
}

const newestIdFirst = (a: DecisionTrace, b: DecisionTrace) => byId(b, a)

/** Cuts sorted records where the next lies too far from the first: a long upload is recorded with the id of its beginning. */
function* blocks(sorted: DecisionTrace[]): Iterable<DecisionTrace[]> {
  let start = 0
  for (let at = 1; at <= sorted.length; at++) {
    if (at < sorted.length && idTime(sorted[at]!) - idTime(sorted[start]!) <= BLOCK_MS) continue
    yield sorted.slice(start, at)
    start = at
  }
}

function idTime({ requestId }: DecisionTrace): number {
  const time = timeOf(requestId)
  if (time === undefined) throw new TypeError(`\`${requestId}\` is no request id of newRequestId`)
  return time
}
