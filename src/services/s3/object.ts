import type { Permit } from '../../door/call.ts'
import type { StoredBytes } from '../../objects/objects.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { findBucket } from './bucket.ts'
import type { StoredChecksum } from './checksums.ts'
import { assertPreconditions, type WritePreconditions } from './conditions.ts'
import { invalidArgument, noSuchBucket, noSuchKey } from './errors.ts'
import { throwAway } from './garbage.ts'
import type { Tags } from './tags.ts'

/** Document `s3/object`, keyed `bucket/key`. */
export interface StoredObject {
  bytes: StoredBytes
  /** Without its quotes: md5, or `md5-N` for an object of N parts. */
  etag: string
  /** Epoch seconds. */
  lastModified: number
  /** What the uploader declared, by member name: ContentType, CacheControl, … */
  headers: ObjectHeaders
  metadata: Record<string, string>
  tags?: Tags
  checksum?: StoredChecksum
  /** Sizes of the parts of a multipart upload, in order. */
  parts?: readonly number[]
  /** The upload that made it: so that completing it twice answers twice. */
  uploadId?: string
}

export interface ObjectHeaders {
  ContentType: string
  CacheControl?: string
  ContentDisposition?: string
  ContentEncoding?: string
  ContentLanguage?: string
  /** Epoch seconds. */
  Expires?: number
  WebsiteRedirectLocation?: string
}

export const OBJECTS = 's3/object'

export const objectKey = (bucket: string, key: string) => `${bucket}/${key}`

export function findObject(store: Store, bucket: string, key: string): StoredObject | undefined {
  return store.get<StoredObject>(OBJECTS, objectKey(bucket, key))
}

/** The object that an allowed call is about. `versionId` may only be `null`: no bucket keeps versions here. */
export function openObject(store: Store, bucket: string, key: string, versionId?: string): StoredObject {
  if (versionId !== undefined && versionId !== 'null') {
    throw invalidArgument('Invalid version id specified', 'versionId', versionId)
  }
  const object = findObject(store, bucket, key)
  if (!object) throw noSuchKey(key)
  return object
}

/** 1,024 bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects"). */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key)
  if (size > 1024) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size: String(size), MaxSizeAllowed: '1024' })
  }
}

/**
 * Makes written bytes the object, if its bucket is still there and the preconditions hold at this very moment;
 * otherwise the bytes are deleted and it throws. What the object was before is thrown away.
 */
export async function commitObject(
  world: World,
  bucket: string,
  key: string,
  object: StoredObject,
  preconditions: WritePreconditions,
  also: () => void = () => {},
): Promise<void> {
  const { store } = world
  try {
    store.transaction(() => {
      if (!findBucket(store, bucket)) throw noSuchBucket(bucket)
      const before = findObject(store, bucket, key)
      assertPreconditions(preconditions, before, key)
      also()
      store.put<StoredObject>(OBJECTS, objectKey(bucket, key), object)
      if (before) throwAway(world, [before.bytes])
    })
  } catch (error) {
    await world.objects.delete(object.bytes.id)
    throw error
  }
}

export const quoted = (etag: string) => `"${etag}"`

/** S3's clock for what this call writes: milliseconds, in seconds. */
export const nowSeconds = ({ world }: Permit) => world.now() / 1000
