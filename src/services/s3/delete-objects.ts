import type { DeleteObjectsCommandInput, DeleteObjectsCommandOutput } from '@aws-sdk/client-s3'
import { authorizeEach } from '../../door/authorize.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { assertPreconditions } from './conditions.ts'
import { checkVersion, deletion, removeObject } from './delete-object.ts'
import { malformedXml } from './errors.ts'
import { findObject } from './object.ts'

const MAX_KEYS = 1000

export const deleteObjects = operation<DeleteObjectsCommandInput, DeleteObjectsCommandOutput>('s3', 'DeleteObjects', {
  // Nothing for the call itself: each key is asked for by itself, and a refusal becomes that key's entry in the answer.
  needs: () => [],
  perform: ({ Bucket, Delete, ExpectedBucketOwner }, permit) => {
    const { call, world } = permit
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const { Objects: objects, Quiet = false } = Delete
    if (objects.length === 0 || objects.length > MAX_KEYS) throw malformedXml()

    const wanted = objects.map(({ Key, VersionId, ETag }) => ({ key: Key, versionId: VersionId, ifMatch: ETag }))
    const refusals = authorizeEach(
      permit,
      wanted.map(({ key, versionId, ifMatch }) => deletion(call, Bucket, key, versionId, ifMatch)),
    )
    const outcomes = world.store.transaction(() =>
      wanted.map(({ key, versionId, ifMatch }, index) => ({
        key,
        versionId,
        error:
          refusals[index] ??
          attempt(() => {
            checkVersion(versionId)
            if (ifMatch !== undefined)
              assertPreconditions({ IfMatch: ifMatch }, findObject(world.store, Bucket, key), key)
            removeObject(world, Bucket, key)
          }),
      })),
    )
    const named = ({ key, versionId }: { key: string; versionId?: string }) => ({
      Key: key,
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    })
    const errors = outcomes.flatMap((one) =>
      one.error ? [{ ...named(one), Code: one.error.code, Message: one.error.message }] : [],
    )
    const deleted = outcomes.filter((one) => !one.error).map(named)
    return {
      ...(Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(errors.length === 0 ? {} : { Errors: errors }),
    }
  },
})

/** One key's failure is an entry of the answer; our own bugs still fail the call. */
function attempt(work: () => void): AwsError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}
