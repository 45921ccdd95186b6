import type { DeleteObjectCommandInput, DeleteObjectCommandOutput } from '@aws-sdk/client-s3'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { assertPreconditions } from './conditions.ts'
import { invalidArgument } from './errors.ts'
import { throwAway } from './garbage.ts'
import { onObject } from './needs.ts'
import { findObject, objectKey, OBJECTS } from './object.ts'

export const deleteObject = operation<DeleteObjectCommandInput, DeleteObjectCommandOutput>('s3', 'DeleteObject', {
  needs: (input, call) => [deletion(call, input.Bucket, input.Key, input.VersionId, input.IfMatch)],
  perform: ({ Bucket, Key, VersionId, IfMatch, ExpectedBucketOwner }, permit) => {
    const { world } = permit
    openBucket(Bucket, ExpectedBucketOwner, permit)
    checkVersion(VersionId)
    world.store.transaction(() => {
      if (IfMatch !== undefined) assertPreconditions({ IfMatch }, findObject(world.store, Bucket, Key), Key)
      removeObject(world, Bucket, Key)
    })
    return {}
  },
})

export function deletion(
  call: Parameters<typeof onObject>[0],
  bucket: string,
  key: string,
  versionId: string | undefined,
  ifMatch: string | undefined,
) {
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
  return onObject(call, action, bucket, key, { 's3:if-match': ifMatch })
}

/** Without versioning there is the `null` version alone. */
export function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null') {
    throw invalidArgument('Invalid version id specified', 'versionId', versionId)
  }
}

/** Deleting what is not there is no error (S3 API Reference, DeleteObject). */
export function removeObject(world: World, bucket: string, key: string): void {
  const object = findObject(world.store, bucket, key)
  if (!object) return
  world.store.delete(OBJECTS, objectKey(bucket, key))
  throwAway(world, [object.bytes])
}
