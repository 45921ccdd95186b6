import type { Readable } from 'node:stream'
import { contentHashes, type ContentHashes } from '../../objects/content-hashes.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { throwAway } from '../s3/garbage.ts'
import { invalidLayerPart } from './errors.ts'
import { contentKey, receivedBytes, UPLOADS, type Upload } from './layer.ts'
import type { RepositoryId } from './repository.ts'
import { appendPart, findUpload } from './upload.ts'

/** What docker's protocol does to an upload (src/registry/uploads.ts); no member of AWS's, so that no client can send it. */
export type StreamedPart =
  /** Goes on at `firstByte`, absent: where the upload stands; with as many bytes as come, or `size`. */
  { deed: 'append'; source: Readable; firstByte?: number; size?: number } | { deed: 'status' } | { deed: 'cancel' }

/** After so many bytes what came is kept, whatever becomes of the connection. */
const KEPT_BYTES = 256 * 1024 * 1024

export async function performStreamed(
  world: World,
  id: RepositoryId,
  uploadId: string,
  part: StreamedPart,
  keptBytes = KEPT_BYTES,
) {
  const upload = findUpload(world, id, uploadId)
  if (part.deed === 'cancel') {
    world.store.transaction(() => {
      const current = findUpload(world, id, uploadId)
      world.store.delete(UPLOADS, contentKey(id, uploadId))
      throwAway(world, current.parts)
    })
    return { received: 0 }
  }
  const before = receivedBytes(upload)
  if (part.deed === 'status') return { received: before }
  const { source, firstByte = before, size } = part
  assertStandsAt(upload, firstByte)
  // What is not read of a refused upload must not cost the answer: the listener ends the connection.
  const chunks = source.iterator({ destroyOnReturn: false })
  const rest: Rest = { chunks, ended: false, ...(before === 0 && { hashes: contentHashes(['sha256']) }) }
  let received = before
  try {
    while (!rest.ended) {
      const bytes = await world.objects.write(slice(rest, keptBytes), { digests: [] })
      if (bytes.size === 0) {
        await world.objects.delete(bytes.id)
        continue
      }
      const from = received
      received += bytes.size
      const sha256 = rest.ended ? (await rest.hashes?.digest())?.sha256 : undefined
      await appendPart(world, id, uploadId, bytes, (current) => assertStandsAt(current, from), {
        streamed: true,
        ...(sha256 !== undefined && { sum: { size: received, sha256 } }),
      })
    }
  } finally {
    rest.hashes?.drop()
  }
  if (size !== undefined && received - before !== size) throw mismatch(received)
  return { received }

  function assertStandsAt(current: Upload, first: number): void {
    if (receivedBytes(current) !== first) throw mismatch(receivedBytes(current))
  }

  // inferred: the sentence.
  function mismatch(kept: number): AwsError {
    return invalidLayerPart(id, uploadId, kept - 1, `The last byte received was ${kept - 1}`)
  }
}

interface Rest {
  chunks: AsyncIterator<Uint8Array>
  ended: boolean
  /** Of all that passes, where it begins with the layer's first byte. */
  hashes?: ContentHashes
}

/** The next bytes of a stream, up to about `keptBytes`. */
async function* slice(rest: Rest, keptBytes: number): AsyncGenerator<Uint8Array> {
  for (let size = 0; size < keptBytes;) {
    const next = await nextOf(rest.chunks)
    if (next.done) {
      rest.ended = true
      return
    }
    size += next.value.length
    const busy = rest.hashes?.update(next.value)
    if (busy) await busy
    yield next.value
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next()
  } catch {
    throw new AwsError('RequestTimeout', 'The request was cut off before its end.', 400)
  }
}
