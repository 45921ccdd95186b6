import { createHash } from 'node:crypto'
import type { Digest } from './objects.ts'
import { hashElsewhere } from './hash-thread.ts'

export type Digests = { [digest in Digest]?: string }

/** Hashes of a content that streams past. */
export interface ContentHashes {
  /** A promise when the hashing lags behind: to be waited for before more is given. */
  update(content: Uint8Array): Promise<void> | undefined
  digest(): Promise<Digests>
  /** Nobody will ask. */
  drop(): void
}

/**
 * What is longer than this is hashed by a thread of its own: MD5 alone costs as much as half of what a byte goes through
 * on its way in, and the main thread has other calls to answer. Until it is known, the content is held.
 */
const LONG_BYTES = 1024 * 1024

export function contentHashes(digests: readonly Digest[]): ContentHashes {
  let held: Uint8Array[] = []
  let size = 0
  let elsewhere: ContentHashes | undefined
  return {
    update(content) {
      if (elsewhere) return elsewhere.update(content)
      if (digests.length === 0) return undefined
      held.push(content)
      size += content.length
      if (size <= LONG_BYTES) return undefined
      elsewhere = hashElsewhere(digests)
      for (const piece of held) void elsewhere.update(piece)
      held = []
      return undefined
    },
    async digest() {
      if (elsewhere) return elsewhere.digest()
      return Object.fromEntries(
        digests.map((name) => {
          const hash = createHash(name)
          for (const piece of held) hash.update(piece)
          return [name, hash.digest('hex')]
        }),
      )
    },
    drop: () => elsewhere?.drop(),
  }
}
