/** Where sealed bytes lie: files, or objects in another S3 store. It knows nothing of what is in them. */
export interface Blobs {
  /** Whole and durable under that id when it resolves, and not there at all when it, or the source, fails. Throws StoreFull. */
  write(id: string, source: AsyncIterable<Uint8Array>): Promise<void>
  /** Bytes from `start` on, `length` of them, each piece good until the next is asked for. Throws NoBlob; a shorter blob ends early. */
  read(id: string, start: number, length: number): AsyncIterable<Uint8Array>
  /** What is gone already is no error. */
  delete(id: string): Promise<void>
  list(): AsyncIterable<{ id: string; size: number; writtenAt: number }>
  /** Removes what writes of a dead process left half done. */
  recover(): Promise<void>
}

export class NoBlob extends Error {}
