import type { ChecksumAlgorithm } from '../../door/checksum.ts'
import type { StoredBytes } from '../../objects/objects.ts'
import type { Row, Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import type { ChecksumType, StoredChecksum } from './checksums.ts'
import type { Encryption } from './encryption.ts'
import type { ObjectAccess } from './new-object-access.ts'
import { invalidArgument, noSuchUpload } from './errors.ts'
import { endOf } from './listing.ts'
import { throwAway } from './garbage.ts'
import type { Retention } from './object-lock.ts'
import { objectKey, type ObjectHeaders } from './object.ts'
import type { StorageClass } from './storage-class.ts'
import type { Tags } from './tags.ts'

/** Document `s3/upload`: a multipart upload under way, keyed `bucket/key NUL id`; ids of later uploads sort later. */
export interface Upload {
  id: string
  bucket: string
  key: string
  /** Epoch seconds. */
  initiated: number
  initiator: { ID: string }
  /** Whose the object will be; absent: the bucket's owner's alone. */
  access?: ObjectAccess
  headers: ObjectHeaders
  metadata: Record<string, string>
  tags?: Tags
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType }
  storageClass?: StorageClass
  retention?: Retention
  legalHold?: 'ON' | 'OFF'
  /** Fixed for all parts. Absent: SSE-S3. */
  encryption?: Encryption
}

/** Document `s3/part`, keyed `uploadId/00001`. */
export interface Part {
  number: number
  bytes: StoredBytes
  /** Without its quotes. */
  etag: string
  /** Epoch seconds. */
  lastModified: number
  checksum?: Pick<StoredChecksum, 'algorithm' | 'value'>
}

export const UPLOADS = 's3/upload'
export const PARTS = 's3/part'

const uploadKey = (bucket: string, key: string, id: string) => `${objectKey(bucket, key)}\0${id}`
const partKey = (uploadId: string, number: number) => `${uploadId}/${String(number).padStart(5, '0')}`

/** Begins with its time, so that a listing is in the order of initiation. */
export function newUploadId(world: World): string {
  return world.now().toString(16).padStart(12, '0') + world.hex(52)
}

export function putUpload(store: Store, upload: Upload): void {
  store.put<Upload>(UPLOADS, uploadKey(upload.bucket, upload.key, upload.id), upload)
}

export function findUpload(store: Store, bucket: string, key: string, id: string): Upload | undefined {
  return store.get<Upload>(UPLOADS, uploadKey(bucket, key, id))
}

/** Throws NoSuchUpload. */
export function openUpload(store: Store, bucket: string, key: string, id: string): Upload {
  const upload = findUpload(store, bucket, key, id)
  if (!upload) throw noSuchUpload(id)
  return upload
}

export function uploadsOf(store: Store, bucket: string): Row<Upload>[] {
  return store.list<Upload>(UPLOADS, { prefix: objectKey(bucket, '') })
}

/** Behind what a listing goes on: one of a key's uploads, all of them, or all whose keys begin so. */
export interface UploadStart {
  key: string
  id?: string
  isPrefix?: boolean
}

/** Uploads by key, then by initiation; whoever reads them may step over all that begin with a prefix: `next(prefix)`. */
export function* uploadsInOrder(
  store: Store,
  bucket: string,
  prefix: string,
  { key, id, isPrefix }: UploadStart,
): Generator<Upload, void, string | undefined> {
  const place = objectKey(bucket, '')
  // Of a key alone all uploads are behind, and ids are hexadecimal digits, which sort before this letter.
  let after = isPrefix ? place + endOf(key) : key === '' ? '' : uploadKey(bucket, key, id || 'g')
  let batch = 1
  for (;;) {
    const rows = store.list<Upload>(UPLOADS, { prefix: place + prefix, after, limit: batch })
    if (rows.length === 0) return
    batch = Math.min(batch * 2, MAX_BATCH)
    for (const row of rows) {
      after = row.key
      const folder = yield row.value
      if (folder === undefined) continue
      after = place + endOf(folder)
      batch = 1
      break
    }
  }
}

const MAX_BATCH = 256

/** Parts in order; at most 10,000. */
export function partsOf(store: Store, uploadId: string): Part[] {
  return store.list<Part>(PARTS, { prefix: `${uploadId}/` }).map(({ value }) => value)
}

/** Makes written bytes a part, in place of an earlier one of that number; if the upload is gone they are deleted and it throws. */
export async function commitPart(world: World, upload: Upload, part: Part): Promise<void> {
  const { store } = world
  try {
    store.transaction(() => {
      openUpload(store, upload.bucket, upload.key, upload.id)
      const key = partKey(upload.id, part.number)
      const before = store.get<Part>(PARTS, key)
      store.put<Part>(PARTS, key, part)
      if (before) throwAway(world, [before.bytes])
    })
  } catch (error) {
    await world.objects.delete(part.bytes.id)
    throw error
  }
}

/** Forgets an upload and its parts, and throws away the bytes of all but those in `kept`. To be called inside a transaction. */
export function dropUpload(world: World, { bucket, key, id }: Upload, kept: readonly Part[] = []): void {
  const parts = partsOf(world.store, id)
  const keptIds = new Set(kept.map(({ bytes }) => bytes.id))
  world.store.delete(UPLOADS, uploadKey(bucket, key, id))
  for (const { number } of parts) world.store.delete(PARTS, partKey(id, number))
  throwAway(
    world,
    parts.map(({ bytes }) => bytes).filter(({ id: bytesId }) => !keptIds.has(bytesId)),
  )
}

export function checkPartNumber(number: number): void {
  if (number >= 1 && number <= 10_000) return
  throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', String(number))
}
