import { deepFreeze, runSynchronously } from './freeze.ts'
import { assertKey, compareKeys } from './key-order.ts'
import type { ListOptions, Row, Store } from './store.ts'

/** What the overlay knows of a document better than its base: the row, or that it is gone. */
type Shadow = Row<unknown> | 'deleted'

/** The open transaction: how to undo it, and the first error thrown anywhere inside it. */
interface Transaction {
  undo: (() => void)[]
  failure?: { error: unknown }
}

/**
 * A copy-on-write view over any store, for what-if questions: it reads through to the base and keeps its own writes to itself.
 * Throw it away when the question is answered; `close` leaves the base open.
 */
export function overlayOf(base: Store): Store {
  const kinds = new Map<string, Map<string, Shadow>>()
  const epochs = new Map<string, number>()
  let revision = 0
  let open: Transaction | undefined

  const shadows = (kind: string) => kinds.get(kind) ?? kinds.set(kind, new Map()).get(kind)!
  const touch = (kind: string) => epochs.set(kind, (epochs.get(kind) ?? 0) + 1)

  function shadow(kind: string, key: string, next: Shadow): void {
    const own = shadows(kind)
    const before = own.get(key)
    own.set(key, next)
    touch(kind)
    if (!open) {
      revision++
      return
    }
    open.undo.push(() => {
      if (before === undefined) own.delete(key)
      else own.set(key, before)
      touch(kind)
    })
  }

  function row<T>(kind: string, key: string): Row<T> | undefined {
    const own = kinds.get(kind)?.get(key)
    if (own === 'deleted') return undefined
    return (own as Row<T> | undefined) ?? base.row<T>(kind, key)
  }

  function list<T>(kind: string, options: ListOptions = {}): Row<T>[] {
    const own = kinds.get(kind)
    if (!own?.size) return base.list<T>(kind, options)
    const { prefix = '', after, limit = Infinity, reverse = false } = options
    // Each shadowed document takes the place of at most one of the base's.
    const rows = base
      .list<T>(kind, limit === Infinity ? options : { ...options, limit: limit + own.size })
      .filter(({ key }) => !own.has(key))
    for (const [key, value] of own) {
      if (value === 'deleted' || !key.startsWith(prefix)) continue
      if (after === undefined || compareKeys(key, after) > 0) rows.push(value as Row<T>)
    }
    rows.sort((a, b) => (reverse ? compareKeys(b.key, a.key) : compareKeys(a.key, b.key)))
    return rows.slice(0, limit)
  }

  function transaction<T>(work: () => T): T {
    if (open) {
      try {
        return runSynchronously(work)
      } catch (error) {
        open.failure ??= { error }
        throw error
      }
    }
    const mine: Transaction = { undo: [] }
    open = mine
    try {
      const result = runSynchronously(work)
      if (mine.failure) throw mine.failure.error
      revision += mine.undo.length
      return result
    } catch (error) {
      for (const undo of mine.undo.reverse()) undo()
      throw error
    } finally {
      open = undefined
    }
  }

  const store: Store = {
    row,
    list,
    transaction,
    durable: async () => {},
    get: <T>(kind: string, key: string) => row<T>(kind, key)?.value,
    put(kind, key, value) {
      assertKey(key)
      const version = (row(kind, key)?.version ?? 0) + 1
      const copy = deepFreeze(JSON.parse(JSON.stringify(value)) as unknown)
      shadow(kind, key, Object.freeze({ key, version, value: copy }))
      return version
    },
    delete(kind, key) {
      const there = row(kind, key) !== undefined
      if (there) shadow(kind, key, 'deleted')
      return there
    },
    count: (kind, prefix = '') => (kinds.get(kind)?.size ? list(kind, { prefix }).length : base.count(kind, prefix)),
    kinds: () => [...new Set([...base.kinds(), ...kinds.keys()])].filter((kind) => list(kind, { limit: 1 }).length > 0),
    get revision() {
      return base.revision + revision
    },
    epoch: (kind) => base.epoch(kind) + (epochs.get(kind) ?? 0),
    // The base's changes and its own are counted together, so what they were is known only where there was none.
    changes: (kind, since) => (since === store.epoch(kind) ? [] : undefined),
    blobs: { get: (id) => base.blobs.get(id), list: () => base.blobs.list(), put: unchanged, delete: unchanged },
    overlay: () => overlayOf(store),
    close: () => kinds.clear(),
  }
  return store
}

function unchanged(): never {
  throw new Error('an overlay changes no bytes')
}
