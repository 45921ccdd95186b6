import type { DeleteBucketCommandInput, DeleteBucketCommandOutput } from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { BUCKETS, openBucket, type Bucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'
import { dropUpload, uploadsOf } from './upload.ts'
import { hasContents } from './versions.ts'

export const deleteBucket = operation<DeleteBucketCommandInput, DeleteBucketCommandOutput>('s3', 'DeleteBucket', {
  needs: bucketNeed('s3:DeleteBucket'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { world } = permit
    const bucket = openBucket(Bucket, ExpectedBucketOwner, permit)
    world.store.transaction(() => {
      if (hasContents(world.store, Bucket)) throw notEmpty(bucket)
      for (const { value } of uploadsOf(world.store, Bucket)) dropUpload(world, value)
      world.store.delete(BUCKETS, Bucket)
    })
    return {}
  },
})

function notEmpty({ name: BucketName, versioning }: Bucket): AwsError {
  const more = versioning ? '. You must delete all versions in the bucket.' : ''
  return new AwsError('BucketNotEmpty', `The bucket you tried to delete is not empty${more}`, 409, { BucketName })
}
