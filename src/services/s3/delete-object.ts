import type { DeleteObjectCommandInput, DeleteObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Call, Need, Permit } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { openBucket, type Bucket } from './bucket.ts'
import { assertPreconditions } from './conditions.ts'
import { notImplemented } from './errors.ts'
import { assertMfaDelete } from './mfa-delete.ts'
import { onObject } from './needs.ts'
import { findObject, objectKey, OBJECTS } from './object.ts'
import { assertUnlocked } from './object-lock.ts'
import { bypassNeeds } from './object-retention.ts'
import { throwAway } from './garbage.ts'
import { findVersion, putMarker, removeVersion } from './versions.ts'
import { NULL_VERSION } from './version-id.ts'

export const deleteObject = operation<DeleteObjectCommandInput, DeleteObjectCommandOutput>('s3', 'DeleteObject', {
  needs: (input, call) => {
    const { Bucket, Key, VersionId, IfMatch, BypassGovernanceRetention } = input
    return [
      deletion(call, Bucket, Key, VersionId, IfMatch),
      ...bypassNeeds(call, Bucket, Key, VersionId, BypassGovernanceRetention),
    ]
  },
  perform: (input, permit) => {
    const { Bucket, Key, VersionId, IfMatch, ExpectedBucketOwner, BypassGovernanceRetention = false } = input
    const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
    if ((input.IfMatchSize ?? input.IfMatchLastModifiedTime) !== undefined) throw onlyInDirectoryBuckets()
    if (VersionId !== undefined) assertMfaDelete(permit, bucket, input.MFA)
    const done = permit.world.store.transaction(() =>
      removeObject(permit, bucket, Key, VersionId, { ifMatch: IfMatch, bypass: BypassGovernanceRetention }),
    )
    return {
      ...(done.versionId === undefined ? {} : { VersionId: done.versionId }),
      ...(done.deleteMarker ? { DeleteMarker: true } : {}),
    }
  },
})

export function deletion(
  call: Call,
  bucket: string,
  key: string,
  versionId: string | undefined,
  ifMatch: string | undefined,
): Need {
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
  return onObject(call, action, bucket, key, { 's3:if-match': ifMatch }, versionId)
}

/** S3 API Reference, DeleteObject, x-amz-if-match-size. */
export const onlyInDirectoryBuckets = () =>
  notImplemented('A header you provided implies functionality that is not implemented')

/** What a deletion came to: the version that is gone, or the delete marker that was put; neither where no versions are kept. */
export interface Deletion {
  versionId?: string
  deleteMarker?: boolean
}

/**
 * Without a version id the object goes, or gets a delete marker where versions are kept; with one that version goes for good.
 * Deleting what is not there is no error (S3 API Reference, DeleteObject). To be called inside a transaction.
 */
export function removeObject(
  { world }: Permit,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
  { ifMatch, bypass }: { ifMatch?: string | undefined; bypass: boolean },
): Deletion {
  const { store } = world
  const version = versionId === undefined ? undefined : findVersion(store, bucket.name, key, versionId)
  const target = versionId === undefined ? findObject(store, bucket.name, key) : version?.object
  if (ifMatch !== undefined) assertPreconditions({ IfMatch: ifMatch }, target, key)
  if (versionId === undefined) return removeCurrent(world, bucket, key)
  if (version?.object) assertUnlocked(version.object, world.now(), bypass)
  removeVersion(world, bucket.name, key, versionId)
  return { versionId, deleteMarker: version?.marker !== undefined }
}

/** Also what an expiration does (lifecycle-run.ts). */
export function removeCurrent(world: World, bucket: Bucket, key: string): Deletion {
  if (bucket.versioning) {
    return { versionId: putMarker(world, bucket, key).versionId ?? NULL_VERSION, deleteMarker: true }
  }
  const object = findObject(world.store, bucket.name, key)
  if (!object) return {}
  world.store.delete(OBJECTS, objectKey(bucket.name, key))
  throwAway(world, [object.bytes])
  return {}
}
