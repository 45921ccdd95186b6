import { randomBytes, type KeyObject } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { StoreBlobs } from '../store/store.ts'
import type { Vault } from '../store/vault.ts'
import { NoBlob, type Blobs } from './blobs.ts'
import { contentHashes } from './content-hashes.ts'
import { DamagedBytes, type ByteRange, type Objects, type StoredBytes, type WriteOptions } from './objects.ts'
import {
  blobKey,
  CHUNK_BYTES,
  KEY_BYTES,
  openChunk,
  SEALED_CHUNK_BYTES,
  sealedSize,
  sealer,
  TAG_BYTES,
} from './sealing.ts'

const PURPOSE = 'objects'

/** Larger contents are blobs of their own. A page of the database holds 4 KiB: beyond some of them a file is as quick. */
const SMALL_BYTES = 16 * 1024

/** Bytes encrypted and checked on their way to and from where they lie; small ones lie among the documents, where those are given. */
export function sealedObjects(blobs: Blobs, vault: Vault, documents?: StoreBlobs): Objects {
  const held = new WeakMap<StoredBytes, Uint8Array>()

  function keyOf(bytes: StoredBytes, key: Uint8Array | undefined): KeyObject {
    const dataKey = bytes.key === undefined ? key : vault.open(PURPOSE, bytes.id, bytes.key)
    if (!dataKey) throw new Error(`the stored bytes ${bytes.id} are read without their key`)
    return blobKey(dataKey, bytes.id)
  }

  async function write(source: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<StoredBytes> {
    const { key, digests = ['md5', 'sha256'], holdSmall = false } = options
    const id = randomBytes(16).toString('hex')
    const dataKey = key ?? randomBytes(KEY_BYTES)
    const hashes = contentHashes(digests)
    let size = 0
    let crc = 0

    async function* sealed(): AsyncIterable<Buffer> {
      const seal = sealer(blobKey(dataKey, id))
      const outgoing = (pieces: Buffer[]) => {
        if (key) for (const piece of pieces) crc = crc32(piece, crc)
        return pieces
      }
      for await (const content of source) {
        size += content.length
        yield* outgoing(seal.push(content))
        const busy = hashes.update(content)
        if (busy) await busy
      }
      yield* outgoing(seal.end())
    }

    let small: Uint8Array | undefined
    try {
      const stream = sealed()
      const begun: Beginning = documents && holdSmall ? await beginning(stream, SMALL_BYTES) : { rest: stream }
      small = begun.whole
      if (begun.rest) await blobs.write(id, begun.rest)
    } catch (error) {
      hashes.drop()
      throw error
    }
    const { md5 = '', sha256 = '' } = await hashes.digest()
    const bytes: StoredBytes = {
      id,
      size,
      md5,
      sha256,
      ...(key ? { crc32: crc } : { key: vault.seal(PURPOSE, id, dataKey) }),
      ...(small && { inStore: true }),
    }
    if (small) held.set(bytes, small)
    return bytes
  }

  /** Sealed chunks from the first that `range` touches to the last, each whole. */
  async function* chunks(bytes: StoredBytes, range: ByteRange): AsyncIterable<{ chunk: number; sealed: Buffer }> {
    const first = Math.floor(range.start / CHUNK_BYTES)
    const last = Math.floor(range.end / CHUNK_BYTES)
    const start = first * SEALED_CHUNK_BYTES
    const length = Math.min((last + 1) * SEALED_CHUNK_BYTES, sealedSize(bytes.size)) - start
    let chunk = first
    for await (const sealed of inChunks(sealedBytes(bytes, start, length), length)) yield { chunk: chunk++, sealed }
    if (chunk !== last + 1) throw new DamagedBytes(bytes.id, 'damaged')
  }

  async function* sealedBytes(bytes: StoredBytes, start: number, length: number): AsyncIterable<Uint8Array> {
    if (!bytes.inStore) return yield* blobs.read(bytes.id, start, length)
    const body = documents?.get(bytes.id)
    if (!body) throw new NoBlob(bytes.id)
    yield body.subarray(start, start + length)
  }

  async function* content(bytes: StoredBytes, range: ByteRange, dataKey?: Uint8Array): AsyncIterable<Buffer> {
    if (range.end < range.start) return
    const key = keyOf(bytes, dataKey)
    for await (const { chunk, sealed } of explained(bytes.id, chunks(bytes, range))) {
      const opened = attempt(bytes.id, () => openChunk(key, chunk, sealed))
      const offset = chunk * CHUNK_BYTES
      yield opened.subarray(Math.max(0, range.start - offset), range.end + 1 - offset)
    }
  }

  return {
    write,
    read: (bytes, range, key) =>
      Readable.from(content(bytes, range ?? whole(bytes), key), { objectMode: false, highWaterMark: CHUNK_BYTES }),
    save(bytes) {
      if (!bytes.inStore) return
      const body = held.get(bytes)
      if (!body || !documents) throw new Error(`nothing is held back of ${bytes.id}`)
      documents.put(bytes.id, body)
      held.delete(bytes)
    },
    async delete(id) {
      if (!documents?.delete(id)) await blobs.delete(id)
    },
    recover: () => blobs.recover(),
    async *list() {
      if (documents) yield* documents.list()
      yield* blobs.list()
    },
    async check(bytes) {
      try {
        if (bytes.key !== undefined) for await (const _ of content(bytes, whole(bytes)));
        else await checkSum(bytes)
        return undefined
      } catch (error) {
        if (error instanceof DamagedBytes) return error
        throw error
      }
    },
  }

  async function checkSum(bytes: StoredBytes): Promise<void> {
    let crc = 0
    if (bytes.size > 0)
      for await (const { sealed } of explained(bytes.id, chunks(bytes, whole(bytes)))) crc = crc32(sealed, crc)
    if (crc !== bytes.crc32) throw new DamagedBytes(bytes.id, 'damaged')
  }
}

type Beginning = { whole: Uint8Array; rest?: undefined } | { whole?: undefined; rest: AsyncIterable<Uint8Array> }

/** All of a stream where it is no longer than that, else the stream with its beginning before it. */
async function beginning(stream: AsyncIterable<Uint8Array>, most: number): Promise<Beginning> {
  const source = stream[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let size = 0
  while (size <= most) {
    const next = await source.next()
    if (next.done) return { whole: Buffer.concat(first) }
    first.push(next.value)
    size += next.value.length
  }
  async function* rest() {
    yield* first
    yield* { [Symbol.asyncIterator]: () => source }
  }
  return { rest: rest() }
}

const whole = (bytes: StoredBytes): ByteRange => ({ start: 0, end: bytes.size - 1 })

/** Cuts a stream of `length` bytes into sealed chunks; what is missing of the last is missing. */
async function* inChunks(source: AsyncIterable<Uint8Array>, length: number): AsyncIterable<Buffer> {
  let pieces: Uint8Array[] = []
  let size = 0
  let left = length
  for await (let piece of source) {
    while (piece.length > 0) {
      const wanted = Math.min(SEALED_CHUNK_BYTES, left) - size
      const taken = piece.subarray(0, wanted)
      piece = piece.subarray(taken.length)
      size += taken.length
      if (taken.length < wanted) {
        // The source may use its memory again for what comes next.
        pieces.push(Buffer.from(taken))
        break
      }
      yield pieces.length === 0 ? asBuffer(taken) : Buffer.concat([...pieces, taken])
      left -= size
      pieces = []
      size = 0
      if (left <= 0) return
    }
  }
  if (size > TAG_BYTES) yield Buffer.concat(pieces)
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

async function* explained<T>(id: string, source: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* source
  } catch (error) {
    throw error instanceof NoBlob ? new DamagedBytes(id, 'lost', error) : error
  }
}

function attempt<T>(id: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    throw new DamagedBytes(id, 'damaged', error)
  }
}
