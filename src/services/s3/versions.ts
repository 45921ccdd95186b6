import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import type { Bucket } from './bucket.ts'
import { throwAway } from './garbage.ts'
import { findObject, objectKey, OBJECTS, type StoredObject } from './object.ts'
import { newVersionId, NULL_VERSION, sequenceOf } from './version-id.ts'

/**
 * The versions of an object beside its current one. What a listing of a bucket shows is `s3/object` alone, one document a key;
 * versions that are not current, and every delete marker, lie apart, newest first, so that they cost it nothing:
 *
 *   s3/object        bucket/key                        the current version, unless that is a delete marker
 *   s3/version       bucket/key NUL NUL ~sequence      all others; a marker at the top is the current version
 *   s3/null-version  bucket/key                        the sequence of the null version where it is one of those others
 *
 * Every function here is to be called inside a transaction when it changes anything.
 */
export const VERSIONS = 's3/version'
const NULL_VERSIONS = 's3/null-version'

/** Document `s3/version`: either an object or a delete marker. */
export type StoredVersion = { key: string } & (
  | { object: StoredObject; marker?: undefined }
  | { marker: DeleteMarker; object?: undefined }
)

export interface DeleteMarker {
  /** Absent: the null version. */
  versionId?: string
  sequence: number
  /** Epoch seconds. */
  lastModified: number
}

/** Microseconds since the epoch, later for each further version of a key. An object of before there were versions has its time. */
export const sequenceOfObject = ({ sequence, lastModified }: StoredObject) => sequence ?? Math.round(lastModified * 1e6)

/** Where a key's other versions begin; NUL within a key is written so that keys keep their order and none looks like another's version. */
export const versionsOfKey = (bucket: string, key: string) => `${objectKey(bucket, escaped(key))}\0\0`
export const escaped = (key: string) => key.replaceAll('\0', '\0\x01')

const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER
export const versionKey = (bucket: string, key: string, sequence: number) =>
  versionsOfKey(bucket, key) + (MAX_SEQUENCE - sequence).toString(16).padStart(14, '0')

/** Newest of those that are not in `s3/object`. */
export function newestOther(store: Store, bucket: string, key: string): StoredVersion | undefined {
  return store.list<StoredVersion>(VERSIONS, { prefix: versionsOfKey(bucket, key), limit: 1 })[0]?.value
}

/** The delete marker that is the current version of a key. */
export function currentMarker(store: Store, bucket: string, key: string): DeleteMarker | undefined {
  return findObject(store, bucket, key) ? undefined : newestOther(store, bucket, key)?.marker
}

/** Throws InvalidArgument on what is no version id. */
export function findVersion(store: Store, bucket: string, key: string, versionId: string): StoredVersion | undefined {
  const object = findObject(store, bucket, key)
  if (object && (object.versionId ?? NULL_VERSION) === versionId) return { key, object }
  const sequence =
    versionId === NULL_VERSION
      ? store.get<{ sequence: number }>(NULL_VERSIONS, objectKey(bucket, key))?.sequence
      : sequenceOf(versionId)
  if (sequence === undefined) return undefined
  const found = store.get<StoredVersion>(VERSIONS, versionKey(bucket, key, sequence))
  return found && ((found.object ?? found.marker).versionId ?? NULL_VERSION) === versionId ? found : undefined
}

/** Makes an object the current version of its key; returns it as it is kept. What nothing can name any more is thrown away. */
export function putVersion(world: World, bucket: Bucket, key: string, object: StoredObject): StoredObject {
  const { store } = world
  const { name, versioning } = bucket
  if (!versioning) {
    const before = findObject(store, name, key)
    store.put<StoredObject>(OBJECTS, objectKey(name, key), object)
    if (before) throwAway(world, [before.bytes])
    return object
  }
  const place = makeRoom(world, bucket, key)
  const kept = { ...object, ...place }
  store.put<StoredObject>(OBJECTS, objectKey(name, key), kept)
  return kept
}

/** A delete that names no version, in a bucket that keeps versions: a marker becomes the current one. */
export function putMarker(world: World, bucket: Bucket, key: string): DeleteMarker {
  const marker: DeleteMarker = { ...makeRoom(world, bucket, key), lastModified: world.now() / 1000 }
  setAside(world.store, bucket.name, { key, marker })
  world.store.delete(OBJECTS, objectKey(bucket.name, key))
  return marker
}

/** Sets the current version aside, or gets rid of the null version where the new one is to be that. */
function makeRoom(world: World, { name, versioning }: Bucket, key: string) {
  const { store } = world
  const current = findObject(store, name, key)
  const other = newestOther(store, name, key)
  const sequence = Math.max(
    Math.floor(world.now() * 1000),
    current ? sequenceOfObject(current) + 1 : 0,
    other ? sequenceOfVersion(other) + 1 : 0,
  )
  const suspended = versioning?.status !== 'Enabled'
  if (suspended) dropNullVersion(world, name, key)
  const remaining = suspended ? findObject(store, name, key) : current
  if (remaining) {
    setAside(store, name, { key, object: remaining })
    store.delete(OBJECTS, objectKey(name, key))
  }
  return { sequence, ...(suspended ? {} : { versionId: newVersionId(world, sequence) }) }
}

export const sequenceOfVersion = ({ object, marker }: StoredVersion) =>
  object ? sequenceOfObject(object) : marker.sequence

function setAside(store: Store, bucket: string, version: StoredVersion): void {
  const { key } = version
  const sequence = sequenceOfVersion(version)
  store.put<StoredVersion>(VERSIONS, versionKey(bucket, key, sequence), version)
  const { versionId } = version.object ?? version.marker
  if (versionId === undefined) store.put(NULL_VERSIONS, objectKey(bucket, key), { sequence })
}

/** Without making another version current: one is about to come. */
function dropNullVersion(world: World, bucket: string, key: string): void {
  const version = findVersion(world.store, bucket, key, NULL_VERSION)
  if (version) drop(world, bucket, version)
}

function drop(world: World, bucket: string, version: StoredVersion): void {
  const { store } = world
  const { key, object } = version
  const { versionId } = object ?? version.marker
  const current = findObject(store, bucket, key)
  if (object && current && sequenceOfObject(current) === sequenceOfObject(object)) {
    store.delete(OBJECTS, objectKey(bucket, key))
  } else {
    store.delete(VERSIONS, versionKey(bucket, key, sequenceOfVersion(version)))
    if (versionId === undefined) store.delete(NULL_VERSIONS, objectKey(bucket, key))
  }
  if (object) throwAway(world, [object.bytes])
}

/** Deletes one version for good; where it was the current one, the next newest becomes that. Undefined where it was not there. */
export function removeVersion(world: World, bucket: string, key: string, versionId: string): StoredVersion | undefined {
  const { store } = world
  const version = findVersion(store, bucket, key, versionId)
  if (!version) return undefined
  drop(world, bucket, version)
  const next = findObject(store, bucket, key) ? undefined : newestOther(store, bucket, key)
  if (next?.object) {
    store.delete(VERSIONS, versionKey(bucket, key, sequenceOfVersion(next)))
    if (next.object.versionId === undefined) store.delete(NULL_VERSIONS, objectKey(bucket, key))
    store.put<StoredObject>(OBJECTS, objectKey(bucket, key), next.object)
  }
  return version
}

/** Writes a changed object back where it lies; its place among the versions stays. */
export function rewriteObject(store: Store, bucket: string, key: string, object: StoredObject): void {
  const current = findObject(store, bucket, key)
  if (current && sequenceOfObject(current) === sequenceOfObject(object)) {
    store.put<StoredObject>(OBJECTS, objectKey(bucket, key), object)
  } else {
    store.put<StoredVersion>(VERSIONS, versionKey(bucket, key, sequenceOfObject(object)), { key, object })
  }
}

/** Whether any version or delete marker is left in a bucket. */
export function hasContents(store: Store, bucket: string): boolean {
  const one = { prefix: objectKey(bucket, ''), limit: 1 }
  return store.list(OBJECTS, one).length > 0 || store.list(VERSIONS, one).length > 0
}
