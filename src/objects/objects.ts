import type { Readable } from 'node:stream'

/** Bytes at rest, addressed by a random id, written once, encrypted. */
export interface StoredBytes {
  id: string
  /** Of the content; what lies in the store is a little longer. */
  size: number
  /** Hex; empty where the writer did not ask for it. */
  md5: string
  /** Hex; empty where the writer did not ask for it. */
  sha256: string
  /** Data key, sealed by the vault. Absent where whoever wrote the bytes keeps the key (SSE-KMS, SSE-C). */
  key?: string
  /** It lies among the documents, as it is small. */
  inStore?: true
  /** CRC-32 of what lies in the store, for bytes whose key is not here: so that damage is found without it. */
  crc32?: number
}

export type Digest = 'md5' | 'sha256'

export interface WriteOptions {
  /** 256 bits that the writer keeps and brings along for reading; else one is made and sealed by the vault. */
  key?: Uint8Array
  /** Default: both. */
  digests?: readonly Digest[]
  /** What is small may be held back, for `save` in the transaction that names it first: one sync of the disk does for both. */
  holdSmall?: boolean
}

/** Inclusive offsets. */
export interface ByteRange {
  start: number
  end: number
}

export interface Objects {
  /**
   * Streams bytes to the side, syncs, and gives them their name; nothing is visible before the promise resolves.
   * A throw from the source (a bad signature or checksum at its end, a cut connection) leaves nothing behind.
   */
  write(source: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<StoredBytes>
  /** Stores what `write` held back, in the store's open transaction; of all else nothing is left to do. */
  save(bytes: StoredBytes): void
  /** Never gives a byte that is not what was written: every piece is checked before it is handed on. Fails with DamagedBytes. */
  read(bytes: StoredBytes, range?: ByteRange, key?: Uint8Array): Readable
  /** Nothing of theirs is left when it resolves; what is gone already is no error. */
  delete(id: string): Promise<void>
  /** Removes what writes of a dead process left half done; called at start. */
  recover(): Promise<void>
  /** What lies in the store, in no order; for the check that walks it (scrub.ts). */
  list(): AsyncIterable<StoredItem>
  /** Reads all of it, without handing anything on: undefined where it is as it was written. */
  check(bytes: StoredBytes): Promise<DamagedBytes | undefined>
}

export interface StoredItem {
  id: string
  /** As it lies in the store. */
  size: number
  /** Epoch milliseconds. */
  writtenAt: number
}

/** What lies in the store is not what was written: it was changed, cut off, or is gone. */
export class DamagedBytes extends Error {
  readonly id: string
  readonly kind: 'lost' | 'damaged'

  constructor(id: string, kind: 'lost' | 'damaged', cause?: unknown) {
    super(`the stored bytes ${id} are ${kind === 'lost' ? 'gone' : 'not what was written'}`, { cause })
    this.id = id
    this.kind = kind
  }
}

/** The store has no room for more. */
export class StoreFull extends Error {}
