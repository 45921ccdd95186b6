import type { Permit } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { findBucket, type Bucket } from './bucket.ts'
import type { StoredChecksum } from './checksums.ts'
import { assertPreconditions, type WritePreconditions } from './conditions.ts'
import type { Content } from './content.ts'
import type { Encryption } from './encryption.ts'
import type { ObjectAccess } from './new-object-access.ts'
import { noSuchBucket, noSuchKey, noSuchVersion } from './errors.ts'
import { withDefaultRetention, type Retention } from './object-lock.ts'
import type { Restore, StorageClass } from './storage-class.ts'
import type { Tags } from './tags.ts'
import { NULL_VERSION } from './version-id.ts'
import { currentMarker, findVersion, putVersion, type DeleteMarker } from './versions.ts'

/** Document `s3/object`, keyed `bucket/key`: the current version of a key. Where the others lie: versions.ts. */
export interface StoredObject extends ObjectAccess {
  bytes: Content
  /** Without its quotes: md5, or `md5-N` for an object of N parts. */
  etag: string
  /** Epoch seconds. */
  lastModified: number
  /** What the uploader declared, by member name: ContentType, CacheControl, … */
  headers: ObjectHeaders
  metadata: Record<string, string>
  tags?: Tags
  checksum?: StoredChecksum
  /** Absent: SSE-S3. */
  encryption?: Encryption
  /** Sizes of the parts of a multipart upload, in order. */
  parts?: readonly number[]
  /** The upload that made it: so that completing it twice answers twice. */
  uploadId?: string
  /** Absent: the null version. */
  versionId?: string
  /** Its place among the key's versions; absent where it was written while the bucket kept none. */
  sequence?: number
  /** Absent: STANDARD. */
  storageClass?: StorageClass
  retention?: Retention
  legalHold?: 'ON' | 'OFF'
  restore?: Restore
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

/**
 * The object that an allowed call is about: its current version, or the one that is named. Throws NoSuchKey, NoSuchVersion,
 * InvalidArgument; of a delete marker what S3 says of one (S3 User Guide, "Working with delete markers").
 */
export function openObject(
  store: Store,
  bucket: string,
  key: string,
  versionId?: string,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' = 'GET',
): StoredObject {
  if (versionId === undefined) {
    const object = findObject(store, bucket, key)
    if (object) return object
    const marker = currentMarker(store, bucket, key)
    throw marker ? marked(noSuchKey(key), marker) : noSuchKey(key)
  }
  const version = findVersion(store, bucket, key, versionId)
  if (!version) throw noSuchVersion(key, versionId)
  if (version.object) return version.object
  const { marker } = version
  const error = marked(
    new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
      Method: method,
      ResourceType: 'DeleteMarker',
    }),
    marker,
  )
  error.headers['Allow'] = 'DELETE'
  error.headers['Last-Modified'] = new Date(marker.lastModified * 1000).toUTCString()
  throw error
}

function marked(error: AwsError, marker: DeleteMarker): AwsError {
  error.headers['x-amz-delete-marker'] = 'true'
  error.headers['x-amz-version-id'] = marker.versionId ?? NULL_VERSION
  return error
}

/** `x-amz-version-id`, which only buckets that ever kept versions tell. */
export function versionAnswer(bucket: Bucket, { versionId }: { versionId?: string }): { VersionId?: string } {
  return bucket.versioning ? { VersionId: versionId ?? NULL_VERSION } : {}
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
 * otherwise the bytes are deleted and it throws. What the object was before becomes a version, or is thrown away.
 * Returns the object as it is kept.
 */
export async function commitObject(
  world: World,
  bucket: string,
  key: string,
  object: StoredObject,
  preconditions: WritePreconditions,
  also: () => void = () => {},
): Promise<StoredObject> {
  const { store } = world
  try {
    return store.transaction(() => {
      const home = findBucket(store, bucket)
      if (!home) throw noSuchBucket(bucket)
      assertPreconditions(preconditions, findObject(store, bucket, key), key)
      also()
      world.objects.save(object.bytes)
      return putVersion(world, home, key, withDefaultRetention(home, object))
    })
  } catch (error) {
    await world.objects.delete(object.bytes.id)
    throw error
  }
}

export const quoted = (etag: string) => `"${etag}"`

/** S3's clock for what this call writes: milliseconds, in seconds. */
export const nowSeconds = ({ world }: Permit) => world.now() / 1000
