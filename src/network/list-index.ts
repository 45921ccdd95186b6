/**
 * Indexes over lists of documents that survive small changes. A list with the same elements as an earlier one counts as
 * that one; a list that differs from it in a few neighbouring elements gets the earlier index with those exchanged. So the
 * price of an edit does not grow with the number of documents, but for one comparison of pointers each.
 */
import { perObject } from './memo.ts'
import type { NetworkDocuments } from './types.ts'

type List = readonly object[]

/** The last list that began, or ended, with this document. */
const seen = new WeakMap<object, List>()
/** The list that this one came from by a change. Only the newest keeps it: a chain would hold all lists there ever were. */
const predecessors = new WeakMap<List, List>()

function canonical(list: List): List {
  const [first] = list
  const last = list.at(-1)
  if (!first || !last) return list
  const earlier = seen.get(first) ?? seen.get(last)
  if (earlier?.length === list.length && list.every((document, at) => document === earlier[at])) return earlier
  seen.set(first, list)
  seen.set(last, list)
  if (earlier) {
    predecessors.set(list, earlier)
    predecessors.delete(earlier)
  }
  return list
}

/** The same documents, in lists that were indexed before where those had the same elements. */
export function canonicalLists(documents: NetworkDocuments): NetworkDocuments {
  const lists = Object.entries(documents as unknown as Record<string, List>)
  return Object.fromEntries(lists.map(([name, list]) => [name, canonical(list)])) as unknown as NetworkDocuments
}

/** A list indexed by one member; the first document of an id wins. */
export function indexed<D extends object>(member: keyof D): (list: readonly D[]) => ReadonlyMap<unknown, D> {
  return perObject((list: readonly D[]) => {
    const index = new Map<unknown, D>()
    for (const document of list) if (!index.has(document[member])) index.set(document[member], document)
    return index
  })
}

/** Documents by a key: an index as it was first made, and what has changed since. */
export class Index<K, D> {
  readonly #base: ReadonlyMap<K, D>
  readonly #changes: ReadonlyMap<K, D | undefined>

  constructor(base: ReadonlyMap<K, D>, changes: ReadonlyMap<K, D | undefined> = new Map()) {
    this.#base = base
    this.#changes = changes
  }

  get(key: K): D | undefined {
    if (this.#changes.size > 0 && this.#changes.has(key)) return this.#changes.get(key)
    return this.#base.get(key)
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  /** Without what `gone` had, with what `come` has; undefined once a new index is the better one. */
  with(gone: readonly D[], come: readonly D[], keysOf: (document: D) => readonly K[]): Index<K, D> | undefined {
    const changes = new Map(this.#changes)
    for (const document of gone)
      for (const key of keysOf(document)) if (this.get(key) === document) changes.set(key, undefined)
    for (const document of come) for (const key of keysOf(document)) changes.set(key, document)
    return changes.size <= MOST_CHANGES ? new Index(this.#base, changes) : undefined
  }
}

const MOST_CHANGES = 256

/** Indexes of a list's parts (interfaces by VPC, say), each by the keys of its documents. A later document wins. */
export function partitioned<D extends object, K>(
  partOf: (document: D) => string | undefined,
  keysOf: (document: D) => readonly K[],
): (list: readonly D[]) => ReadonlyMap<string | undefined, Index<K, D>> {
  type Parts = ReadonlyMap<string | undefined, Index<K, D>>
  const made = new WeakMap<readonly D[], Parts>()
  const build = (list: readonly D[]): Parts => {
    const parts = new Map<string | undefined, Map<K, D>>()
    for (const document of list) {
      const name = partOf(document)
      let part = parts.get(name)
      if (!part) parts.set(name, (part = new Map()))
      for (const key of keysOf(document)) part.set(key, document)
    }
    return new Map([...parts].map(([name, part]) => [name, new Index(part)]))
  }
  const patch = (parts: Parts, earlier: readonly D[], list: readonly D[]): Parts | undefined => {
    const [gone, come] = difference(earlier, list)
    if (gone.length + come.length > MOST_CHANGES) return undefined
    const patched = new Map(parts)
    for (const name of new Set([...gone, ...come].map(partOf))) {
      const own = (document: D): boolean => partOf(document) === name
      const index = patched.get(name) ?? new Index<K, D>(new Map())
      const next = index.with(gone.filter(own), come.filter(own), keysOf)
      if (!next) return undefined
      patched.set(name, next)
    }
    return patched
  }
  return (list) => {
    const known = made.get(list)
    if (known) return known
    const earlier = predecessors.get(list) as readonly D[] | undefined
    const parts = earlier && made.get(earlier)
    const index = (parts && patch(parts, earlier, list)) ?? build(list)
    made.set(list, index)
    return index
  }
}

/** What stands between the beginning and the end that two lists have in common. */
function difference<D>(earlier: readonly D[], list: readonly D[]): [gone: readonly D[], come: readonly D[]] {
  const shorter = Math.min(earlier.length, list.length)
  let start = 0
  while (start < shorter && earlier[start] === list[start]) start++
  let end = 0
  while (end < shorter - start && earlier[earlier.length - 1 - end] === list[list.length - 1 - end]) end++
  return [earlier.slice(start, earlier.length - end), list.slice(start, list.length - end)]
}
