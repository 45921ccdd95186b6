import type { DeleteBucketCommandInput, DeleteBucketCommandOutput } from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { BUCKETS, openBucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'
import { objectKey, OBJECTS } from './object.ts'
import { dropUpload, uploadsOf } from './upload.ts'

export const deleteBucket = operation<DeleteBucketCommandInput, DeleteBucketCommandOutput>('s3', 'DeleteBucket', {
  needs: bucketNeed('s3:DeleteBucket'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { world } = permit
    openBucket(Bucket, ExpectedBucketOwner, permit)
    world.store.transaction(() => {
      if (world.store.count(OBJECTS, objectKey(Bucket, '')) > 0) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: Bucket })
      }
      for (const { value } of uploadsOf(world.store, Bucket)) dropUpload(world, value)
      world.store.delete(BUCKETS, Bucket)
    })
    return {}
  },
})
