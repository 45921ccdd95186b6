import type { RestoreObjectCommandInput, RestoreObjectCommandOutput } from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { malformedXml, notImplemented } from './errors.ts'
import { onObject } from './needs.ts'
import { openObject, type StoredObject } from './object.ts'
import { isArchived, restoreFor, restoreState, retrievalSeconds, storageClassOf } from './storage-class.ts'
import { rewriteObject } from './versions.ts'

type Output = RestoreObjectCommandOutput & { $status: number }

/**
 * A temporary copy of an archived object, there after as long as AWS takes at most; once it is there another request only moves its end
 * (S3 API Reference, RestoreObject).
 */
export const restoreObject = operation<RestoreObjectCommandInput, Output>('s3', 'RestoreObject', {
  needs: ({ Bucket, Key, VersionId }, call) => [onObject(call, 's3:RestoreObject', Bucket, Key, {}, VersionId)],
  perform: (input, permit) => {
    const { Bucket, Key, VersionId } = input
    const { store } = permit.world
    openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const { days, tier } = wanted(input.RestoreRequest)
    return store.transaction(() => {
      const object = openObject(store, Bucket, Key, VersionId, 'POST')
      const now = permit.world.now() / 1000
      const state = restoreState(object, now * 1000)
      if (!isArchived(object)) throw notArchived(object)
      if (state?.ongoing) {
        throw new AwsError('RestoreAlreadyInProgress', 'Object restore is already in progress', 409)
      }
      const seconds = retrievalSeconds(storageClassOf(object), tier)
      if (seconds === undefined) {
        // inferred: expedited retrieval does not reach the deep archive.
        throw new AwsError('InvalidArgument', 'Retrieval option is not supported by this storage class', 400, {
          ArgumentName: 'Tier',
          ArgumentValue: tier,
        })
      }
      const restore = restoreFor(days, state ? object.restore!.readyAt : now + seconds)
      const until = state ? { ...restore, expiresAt: restoreFor(days, now).expiresAt } : restore
      rewriteObject(store, Bucket, Key, { ...object, restore: until })
      return { $status: state ? 200 : 202 }
    })
  },
})

function wanted(request: Shape<RestoreObjectCommandInput>['RestoreRequest']): { days: number; tier: string } {
  if (!request) throw malformedXml()
  if (request.Type !== undefined || request.SelectParameters || request.OutputLocation) {
    throw notImplemented('Restoring by a select request is not built in Sallyport yet.')
  }
  const { Days: days, GlacierJobParameters: parameters, Tier } = request
  if (days === undefined || days < 1) throw malformedXml()
  return { days, tier: parameters?.Tier ?? Tier ?? 'Standard' }
}

function notArchived(object: StoredObject): AwsError {
  return new AwsError('InvalidObjectState', "Restore is not allowed for the object's current storage class", 403, {
    StorageClass: storageClassOf(object),
  })
}
