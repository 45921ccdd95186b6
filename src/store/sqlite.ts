import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { recentlyUsed } from './cache.ts'
import { changeLog } from './change-log.ts'
import { deepFreeze, runSynchronously } from './freeze.ts'
import { assertKey, compareKeys, endOfPrefix } from './key-order.ts'
import { overlayOf } from './overlay.ts'
import type { ListOptions, Row, Store, StoreBlobs } from './store.ts'
import { nowhere, syncedLog } from './synced-log.ts'

/**
 * Step n brings a file from format n to n + 1 (`PRAGMA user_version`). Never edit one that was released: add another.
 * A rowid table with an index beside it reads kilobyte documents several times faster than WITHOUT ROWID does.
 */
const migrations = [
  `CREATE TABLE documents (
     kind TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
     UNIQUE (kind, key)
   ) STRICT`,
  'CREATE TABLE blobs (id TEXT NOT NULL UNIQUE, writtenAt INTEGER NOT NULL, body BLOB NOT NULL) STRICT',
]

/** Parsed documents kept at hand. */
const CACHED_DOCUMENTS = 20_000

/** Sorts after every text in SQLite's order of types, so it is the upper bound of an unbounded range. */
const BEYOND_ALL_TEXT = Uint8Array.of(0xff)

/** The open transaction: what it wrote, and the first error thrown anywhere inside it. */
interface Transaction {
  written: { kind: string; key: string }[]
  failure?: { error: unknown }
}

type DocumentRow = { key: string; version: number; value: string }

/**
 * Opens the store in a file, or in memory with `':memory:'`.
 * A committed write outlives the end of the process when the call returns, and a loss of power once `durable` has resolved
 * (WAL, synchronous=NORMAL, and the log's sync done beside the event loop: docs/decisions/0002).
 * Throws when the file was written by a newer Sallyport, or is no database.
 */
export function openStore(path: string): Store {
  const db = new DatabaseSync(path, { timeout: 5000 })
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000',
    )
    migrate(db, path)
  } catch (error) {
    db.close()
    throw error
  }

  const statements = new Map<string, StatementSync>()
  const select = db.prepare('SELECT key, version, value FROM documents WHERE kind = ? AND key = ?')
  const upsert = db.prepare(
    `INSERT INTO documents (kind, key, version, value) VALUES (?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET version = version + 1, value = excluded.value RETURNING version`,
  )
  const remove = db.prepare('DELETE FROM documents WHERE kind = ? AND key = ?')
  const countRange = db.prepare('SELECT count(*) AS n FROM documents WHERE kind = ? AND key >= ? AND key < ?')
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')

  /** Null: looked for, and not there. */
  const cache = recentlyUsed<Row<unknown> | null>(CACHED_DOCUMENTS)
  const epochs = changeLog()
  const disk = path === ':memory:' ? nowhere : syncedLog(`${path}-wal`)
  let revision = 0
  let open: Transaction | undefined

  function statement(sql: string): StatementSync {
    let prepared = statements.get(sql)
    if (!prepared) statements.set(sql, (prepared = db.prepare(sql)))
    return prepared
  }

  function remember(kind: string, { key, version, value }: DocumentRow): Row<unknown> {
    const row = Object.freeze({ key, version, value: deepFreeze(JSON.parse(value) as unknown) })
    cache.set(cacheKey(kind, key), row)
    return row
  }

  function touched(kind: string, key: string): void {
    cache.delete(cacheKey(kind, key))
    epochs.add(kind, key)
  }

  function wrote(kind: string, key: string): void {
    touched(kind, key)
    if (open) open.written.push({ kind, key })
    else revision++
  }

  function row<T>(kind: string, key: string): Row<T> | undefined {
    const cached = cache.get(cacheKey(kind, key))
    if (cached !== undefined) return (cached ?? undefined) as Row<T> | undefined
    const found = select.get(kind, key)
    if (found) return remember(kind, found as DocumentRow) as Row<T>
    cache.set(cacheKey(kind, key), null)
    return undefined
  }

  function list<T>(kind: string, { prefix = '', after, limit = -1, reverse = false }: ListOptions = {}): Row<T>[] {
    const afterPrefix = after !== undefined && compareKeys(after, prefix) >= 0
    const rows = statement(
      `SELECT key, version, value FROM documents WHERE kind = ? AND key ${afterPrefix ? '>' : '>='} ? AND key < ?
       ORDER BY key ${reverse ? 'DESC' : 'ASC'} LIMIT ?`,
    ).all(kind, afterPrefix ? after : prefix, endOfPrefix(prefix) ?? BEYOND_ALL_TEXT, limit)
    return (rows as DocumentRow[]).map(
      (found) => (cache.get(cacheKey(kind, found.key)) ?? remember(kind, found)) as Row<T>,
    )
  }

  function abandon({ written }: Transaction): void {
    if (db.isOpen && db.isTransaction) rollback.run()
    for (const { kind, key } of written) touched(kind, key)
  }

  function transaction<T>(work: () => T): T {
    if (open) {
      try {
        return runSynchronously(work)
      } catch (error) {
        // Even when the outer work catches it: half of what it joined is not there.
        open.failure ??= { error }
        throw error
      }
    }
    begin.run()
    const mine: Transaction = { written: [] }
    open = mine
    try {
      const result = runSynchronously(work)
      if (mine.failure) throw mine.failure.error
      commit.run()
      revision += mine.written.length
      return result
    } catch (error) {
      abandon(mine)
      throw error
    } finally {
      open = undefined
    }
  }

  const store: Store = {
    row,
    list,
    transaction,
    durable: () => disk.upTo(revision),
    get: <T>(kind: string, key: string) => row<T>(kind, key)?.value,
    put(kind, key, value) {
      assertKey(key)
      const { version } = upsert.get(kind, key, JSON.stringify(value)) as { version: number }
      wrote(kind, key)
      return version
    },
    delete(kind, key) {
      const there = remove.run(kind, key).changes > 0
      if (there) wrote(kind, key)
      return there
    },
    count(kind, prefix = '') {
      return (countRange.get(kind, prefix, endOfPrefix(prefix) ?? BEYOND_ALL_TEXT) as { n: number }).n
    },
    kinds: () => (statement('SELECT DISTINCT kind FROM documents').all() as { kind: string }[]).map(({ kind }) => kind),
    get revision() {
      return revision
    },
    epoch: (kind) => epochs.epoch(kind),
    changes: (kind, since) => epochs.changes(kind, since),
    blobs: blobsOf(db),
    overlay: () => overlayOf(store),
    close() {
      disk.close()
      db.close()
    },
  }
  return store
}

function blobsOf(db: DatabaseSync): StoreBlobs {
  const select = db.prepare('SELECT body FROM blobs WHERE id = ?')
  const insert = db.prepare('INSERT INTO blobs (id, writtenAt, body) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM blobs WHERE id = ?')
  const all = db.prepare('SELECT id, writtenAt, length(body) AS size FROM blobs')
  return {
    get: (id) => (select.get(id) as { body: Uint8Array } | undefined)?.body,
    put: (id, body) => void insert.run(id, Date.now(), body),
    delete: (id) => remove.run(id).changes > 0,
    list: () => all.all() as { id: string; size: number; writtenAt: number }[],
  }
}

/** Kinds have no line break in them. */
function cacheKey(kind: string, key: string): string {
  return `${kind}\n${key}`
}

function migrate(db: DatabaseSync, path: string): void {
  const { user_version: format } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (format > migrations.length) {
    throw new Error(
      `\`${path}\` has format ${format} and this sallyport knows formats up to ${migrations.length}: ` +
        'run the newer sallyport that wrote it, or give another --data folder',
    )
  }
  for (let step = format; step < migrations.length; step++) {
    db.exec(`BEGIN IMMEDIATE; ${migrations[step]}; PRAGMA user_version = ${step + 1}; COMMIT`)
  }
}
