/** A stored document: its key, its version (1 at first, one more with each write) and its deep-frozen value. */
export interface Row<T> {
  readonly key: string
  readonly version: number
  readonly value: T
}

export interface ListOptions {
  /** Only keys that begin so. */
  prefix?: string
  /** Only keys that sort after this one (by UTF-8 bytes). */
  after?: string
  limit?: number
  reverse?: boolean
}

/**
 * State: versioned JSON documents, addressed by kind and key, ordered by key bytes.
 * Calls are synchronous, so what one callback does is never interleaved with another's; see docs/decisions/0002.
 * Values are deep-frozen, and `get` returns the same object until the document changes: caches may key on it.
 */
export interface Store {
  get<T>(kind: string, key: string): T | undefined
  row<T>(kind: string, key: string): Row<T> | undefined
  /** Writes the whole document; returns its new version. `undefined` members are dropped, as JSON drops them. */
  put<T extends object>(kind: string, key: string, value: T): number
  /** True when the document was there. */
  delete(kind: string, key: string): boolean
  list<T>(kind: string, options?: ListOptions): Row<T>[]
  count(kind: string, prefix?: string): number
  /** Every kind of which there is a document. */
  kinds(): string[]
  /** All or nothing; nested transactions join the outer one; a throw rolls back. Must not be given an async function. */
  transaction<T>(work: () => T): T
  /**
   * Resolves when all that was committed so far would outlive a loss of power; one sync of the disk does for all who ask
   * meanwhile. To be awaited before anyone is told of a change, or before anything that it allows cannot be undone.
   */
  durable(): Promise<void>
  /** Grows with every committed write. */
  readonly revision: number
  /** Grows with every write to that kind: derived structures (the network model, say) are rebuilt when it moves. */
  epoch(kind: string): number
  /**
   * Keys of a kind that were written to (or whose writes were undone) since its epoch was `since`, in order, perhaps more
   * than once: what of a derived structure must be looked at again. Undefined when that is not known any more.
   */
  changes(kind: string, since: number): readonly string[] | undefined
  /** Few bytes, beside the documents and in the same transactions. */
  readonly blobs: StoreBlobs
  /** A scratch copy-on-write view for what-if questions; nothing written there reaches this store. */
  overlay(): Store
  close(): void
}

/** What is too small for a file of its own. An overlay reads them and changes none. */
export interface StoreBlobs {
  get(id: string): Uint8Array | undefined
  put(id: string, body: Uint8Array): void
  /** True when it was there. */
  delete(id: string): boolean
  /** Without the bodies; `writtenAt` in epoch milliseconds. */
  list(): Iterable<{ id: string; size: number; writtenAt: number }>
}
