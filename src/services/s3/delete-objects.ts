import type { DeleteObjectsCommandInput, DeleteObjectsCommandOutput } from '@aws-sdk/client-s3'
import { authorizeEach } from '../../door/authorize.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { checkBody } from './body-digest.ts'
import { openBucket } from './bucket.ts'
import { deletion, onlyInDirectoryBuckets, removeObject, type Deletion } from './delete-object.ts'
import { malformedXml } from './errors.ts'
import { assertMfaDelete } from './mfa-delete.ts'
import { bypassNeeds } from './object-retention.ts'

const MAX_KEYS = 1000

export const deleteObjects = operation<DeleteObjectsCommandInput, DeleteObjectsCommandOutput>('s3', 'DeleteObjects', {
  // Nothing for the call itself: each key is asked for by itself, and a refusal becomes that key's entry in the answer.
  needs: () => [],
  perform: (input, permit) => {
    const { call, world } = permit
    const { Bucket, Delete, BypassGovernanceRetention: bypass = false } = input
    checkBody(call)
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const { Objects: objects, Quiet = false } = Delete
    if (objects.length === 0 || objects.length > MAX_KEYS) throw malformedXml()
    if (objects.some(({ VersionId }) => VersionId !== undefined)) assertMfaDelete(permit, bucket, input.MFA)

    const wanted = objects.map((one) => ({ ...one, key: one.Key, versionId: one.VersionId, ifMatch: one.ETag }))
    const refused = (needs: Parameters<typeof authorizeEach>[1]) =>
      authorizeEach(permit, needs).find((refusal) => refusal !== undefined)
    const refusals = wanted.map(({ key, versionId, ifMatch }) =>
      refused([
        deletion(call, Bucket, key, versionId, ifMatch),
        ...bypassNeeds(call, Bucket, key, versionId, bypass && versionId !== undefined),
      ]),
    )
    const outcomes = world.store.transaction(() =>
      wanted.map(({ key, versionId, ifMatch, Size, LastModifiedTime }, index) => {
        const refusal = refusals[index]
        if (refusal) return { key, versionId, error: refusal }
        return {
          key,
          versionId,
          ...attempt(() => {
            if ((Size ?? LastModifiedTime) !== undefined) throw onlyInDirectoryBuckets()
            return removeObject(permit, bucket, key, versionId, { ifMatch, bypass })
          }),
        }
      }),
    )
    const errors = outcomes.flatMap(({ error, ...one }) =>
      error ? [{ ...named(one), Code: error.code, Message: error.message }] : [],
    )
    const deleted = outcomes.flatMap((one) => (one.error ? [] : [{ ...named(one), ...marked(one) }]))
    return {
      ...(Quiet || deleted.length === 0 ? {} : { Deleted: deleted }),
      ...(errors.length === 0 ? {} : { Errors: errors }),
    }
  },
})

interface Outcome {
  key: string
  versionId: string | undefined
  done?: Deletion
  error?: AwsError
}

function named({ key, versionId }: Outcome) {
  return { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }
}

/** The delete marker that was put, or that is gone (S3 API Reference, DeletedObject). */
function marked({ done }: Outcome) {
  return done?.deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: done.versionId! } : {}
}

/** One key's failure is an entry of the answer; our own bugs still fail the call. */
function attempt(work: () => Deletion): Pick<Outcome, 'done' | 'error'> {
  try {
    return { done: work() }
  } catch (error) {
    if (error instanceof AwsError) return { error }
    throw error
  }
}
