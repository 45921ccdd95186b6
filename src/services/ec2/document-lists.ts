import { isDeepStrictEqual } from 'node:util'
import { compareKeys } from '../../store/key-order.ts'
import type { Store } from '../../store/store.ts'

/**
 * Lists of documents for the network model, which compiles a list or a document once for each object that it is given:
 * so what did not change must be the same object as before, the lists included.
 */

interface Kept {
  epoch: number
  /** Keys in the store's order, and their documents. */
  keys: readonly string[]
  values: readonly object[]
}

interface Memory {
  lists: Map<string, Kept>
  derived: Map<string, { from: readonly unknown[]; value: unknown }>
}

const memories = new WeakMap<Store, Memory>()

function memoryOf(store: Store): Memory {
  let memory = memories.get(store)
  if (!memory) memories.set(store, (memory = { lists: new Map(), derived: new Map() }))
  return memory
}

/** The documents of a kind whose keys begin with `prefix`, by key. Only what was written to since the last time is read anew. */
export function listOf(store: Store, kind: string, prefix: string): readonly object[] {
  const { lists } = memoryOf(store)
  const name = `${kind}\n${prefix}`
  const kept = lists.get(name)
  const epoch = store.epoch(kind)
  if (kept?.epoch === epoch) return kept.values
  const changed = kept && store.changes(kind, kept.epoch)?.filter((key) => key.startsWith(prefix))
  const next = kept && changed ? updated(store, kind, kept, new Set(changed)) : read(store, kind, prefix, kept)
  lists.set(name, { ...next, epoch })
  return next.values
}

type Entries = Omit<Kept, 'epoch'>

/** The list with some documents looked up again. */
function updated(store: Store, kind: string, kept: Kept, changed: ReadonlySet<string>): Entries {
  if (changed.size === 0) return kept
  const keys = [...kept.keys]
  const values = [...kept.values]
  for (const key of changed) {
    const at = placeOf(keys, key)
    const there = keys[at] === key ? 1 : 0
    const value = store.get<object>(kind, key)
    keys.splice(at, there, ...(value ? [key] : []))
    values.splice(at, there, ...(value ? [value] : []))
  }
  return { keys, values }
}

/** Where the key is, or would be. */
function placeOf(keys: readonly string[], key: string): number {
  let [from, to] = [0, keys.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (compareKeys(keys[middle]!, key) < 0) from = middle + 1
    else to = middle
  }
  return from
}

/** The whole list; what is as it was before stays the same object, whether or not the store still had it at hand. */
function read(store: Store, kind: string, prefix: string, kept: Kept | undefined): Entries {
  const before = new Map(kept?.keys.map((key, at) => [key, kept.values[at]!]))
  const rows = store.list<object>(kind, { prefix })
  const values = rows.map(({ key, value }) => {
    const old = before.get(key)
    return old !== undefined && isDeepStrictEqual(old, value) ? old : value
  })
  return { keys: rows.map((row) => row.key), values }
}

/** `make`'s result, the same object as last time while everything in `from` is the same. */
export function derived<T>(store: Store, name: string, from: readonly unknown[], make: () => T): T {
  const memory = memoryOf(store).derived
  const kept = memory.get(name)
  if (kept && kept.from.length === from.length && kept.from.every((one, at) => one === from[at])) return kept.value as T
  const value = make()
  memory.set(name, { from, value })
  return value
}
