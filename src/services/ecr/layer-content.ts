import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { openContent, piecesOf, putPieces, readContent, type Content } from '../s3/content.ts'
import { receivedBytes, type Upload } from './layer.ts'

/**
 * A layer's bytes lie as they were uploaded: as one blob, or as the parts in their order (../s3/content.ts). However large it
 * is, no byte is written twice.
 */
export interface LayerContent extends Content {
  /** Hex, of the whole. */
  sha256: string
}

/** What the parts of an upload are together; they are read once more only where nobody saw all of them pass in one stream. */
export async function contentOf(world: World, upload: Upload): Promise<LayerContent> {
  const { parts, sum } = upload
  const size = receivedBytes(upload)
  const [only, ...more] = parts
  const alone = only && more.length === 0 ? only : undefined
  const seen = sum?.size === size ? sum.sha256 : alone?.sha256
  const sha256 = seen || (await readSum(world, parts))
  return alone ? { ...alone, sha256 } : { id: world.hex(32), size, md5: '', sha256, pieces: parts.length }
}

/** Notes what a content consists of, before it is kept or thrown away as a whole. Inside a transaction. */
export function putContent(world: World, { id, pieces }: LayerContent, parts: readonly StoredBytes[]): void {
  if (pieces === undefined) return
  putPieces(
    world.store,
    id,
    parts.map((bytes, index) => ({ number: index + 1, bytes })),
  )
}

/** Whether any of it is not any more what was written. */
export async function isDamaged(world: World, content: Content): Promise<boolean> {
  const parts = content.pieces === undefined ? [content] : piecesOf(world.store, content.id)
  if (!parts) return true
  for (const part of parts) if (await world.objects.check('bytes' in part ? part.bytes : part)) return true
  return false
}

/** Checked as it is read; it stays, whoever deletes the layer meanwhile. */
export function streamContent(world: World, content: Content): Readable {
  async function* all() {
    yield* (await openContent(world, content)) as AsyncIterable<Buffer>
  }
  return Readable.from(all(), { objectMode: false })
}

async function readSum(world: World, parts: readonly StoredBytes[]): Promise<string> {
  const hash = createHash('sha256')
  for (const part of parts) for await (const chunk of readContent(world, part)) hash.update(chunk)
  return hash.digest('hex')
}
