import type { Readable } from 'node:stream'

/** Bytes at rest, addressed by a random id, written once. */
export interface StoredBytes {
  id: string
  size: number
  /** Hex. */
  md5: string
  /** Hex; checked again on every whole read. */
  sha256: string
}

export interface Objects {
  /**
   * Streams bytes to the side, syncs, and renames; nothing is visible before the promise resolves.
   * A throw from the source (a bad signature or checksum at its end, a cut connection) leaves nothing behind.
   */
  write(source: AsyncIterable<Uint8Array>): Promise<StoredBytes>
  /** Joins stored parts into a new whole (multipart completion). The parts stay. */
  concat(ids: readonly string[]): Promise<StoredBytes>
  /** A whole read fails at its end when the bytes are not what was written; `start` and `end` are inclusive offsets. */
  read(bytes: StoredBytes, range?: { start: number; end: number }): Readable
  delete(id: string): Promise<void>
  /** Removes staged files that no write owns any more; called at start. */
  recover(): Promise<void>
}
