import { Readable } from 'node:stream'
import { DamagedBytes, StoreFull, type ByteRange, type StoredBytes, type WriteOptions } from '../../objects/objects.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import type { StoredChecksum } from './checksums.ts'
import type { Sealing } from './data-key.ts'

/** An object's bytes: one blob, or the parts of a multipart upload, as they were uploaded, in document `s3/pieces` of that id. */
export interface Content extends StoredBytes {
  /** How many parts they are. */
  pieces?: number
}

export interface Piece {
  /** Part number. */
  number: number
  bytes: StoredBytes
  checksum?: Pick<StoredChecksum, 'algorithm' | 'value'>
}

/** Document `s3/pieces`, keyed by the id of the content. */
interface Pieces {
  pieces: Piece[]
}

export const PIECES = 's3/pieces'

export function putPieces(store: Store, id: string, pieces: Piece[]): void {
  store.put<Pieces>(PIECES, id, { pieces })
}

/** The parts that an object was made of, with their checksums; undefined for one that was not uploaded in parts. */
export function piecesOf(store: Store, contentId: string): readonly Piece[] | undefined {
  return store.get<Pieces>(PIECES, contentId)?.pieces
}

/** Contents that are being read, and by how many: what is thrown away meanwhile is deleted only afterwards. */
const readers = new WeakMap<World, Map<string, number>>()

export function inUse(world: World, contentId: string): boolean {
  return readers.get(world)?.has(contentId) ?? false
}

/** Returns what ends it. */
function use(world: World, contentId: string): () => void {
  let counts = readers.get(world)
  if (!counts) readers.set(world, (counts = new Map()))
  const add = (more: number) => {
    const count = (counts.get(contentId) ?? 0) + more
    if (count > 0) counts.set(contentId, count)
    else counts.delete(contentId)
  }
  add(1)
  return () => add(-1)
}

/**
 * A stream of an object's bytes whose beginning was read and checked: bytes that are gone or damaged at once are S3's InternalError,
 * and not an answer that breaks off.
 */
export async function openContent(world: World, content: Content, range?: ByteRange, key?: Buffer): Promise<Readable> {
  const source = checked(world, readContent(world, content, range, key))
  const release = use(world, content.id)
  const first = await source.next().catch((error: unknown) => {
    release()
    throw error
  })
  async function* all() {
    if (first.done) return
    yield first.value
    yield* source
  }
  return Readable.from(all(), { objectMode: false }).once('close', release)
}

/** The bytes alone, for copies. */
export async function* readContent(
  world: World,
  content: Content,
  range: ByteRange = { start: 0, end: content.size - 1 },
  key?: Buffer,
): AsyncGenerator<Buffer> {
  if (content.pieces === undefined) {
    if (content.size > 0) yield* world.objects.read(content, range, key) as AsyncIterable<Buffer>
    return
  }
  const pieces = piecesOf(world.store, content.id)
  if (!pieces) throw new DamagedBytes(content.id, 'lost')
  let offset = 0
  for (const { bytes } of pieces) {
    const start = Math.max(0, range.start - offset)
    const end = Math.min(bytes.size - 1, range.end - offset)
    if (start <= end) yield* world.objects.read(bytes, { start, end }, key) as AsyncIterable<Buffer>
    offset += bytes.size
    if (offset > range.end) return
  }
}

async function* checked(world: World, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source
  } catch (error) {
    throw failure(world, error)
  }
}

/**
 * Writes an object's bytes, or a part's. The ETag is the MD5 of the content with SSE-S3 alone (S3 API Reference, Object, ETag). A
 * store without room is S3's InternalError, which clients try again.
 */
export async function writeContent(
  world: World,
  source: AsyncIterable<Uint8Array>,
  { encryption, key }: Sealing,
  options: Pick<WriteOptions, 'holdSmall'> = {},
): Promise<{ bytes: StoredBytes; etag: string }> {
  try {
    const bytes = await world.objects.write(source, {
      ...options,
      digests: encryption ? [] : ['md5'],
      ...(key ? { key } : {}),
    })
    return { bytes, etag: encryption ? world.hex(32) : bytes.md5 }
  } catch (error) {
    throw failure(world, error)
  }
}

/** How S3 tells of its own failures (S3 API Reference, "List of error codes"); the log says what it was. */
function failure(world: World, error: unknown): unknown {
  if (!(error instanceof DamagedBytes || error instanceof StoreFull)) return error
  world.log.error({ err: error }, error.message)
  return new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500)
}
