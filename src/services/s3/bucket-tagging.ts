import type {
  DeleteBucketTaggingCommandInput,
  DeleteBucketTaggingCommandOutput,
  GetBucketTaggingCommandInput,
  GetBucketTaggingCommandOutput,
  PutBucketTaggingCommandInput,
  PutBucketTaggingCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'
import { fromTagSet, toTagSet } from './tags.ts'

export const putBucketTagging = operation<
  PutBucketTaggingCommandInput,
  PutBucketTaggingCommandOutput & { $status: number }
>('s3', 'PutBucketTagging', {
  needs: bucketNeed('s3:PutBucketTagging'),
  perform: ({ Bucket, Tagging, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const tags = fromTagSet(Tagging.TagSet, 'Bucket')
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, tags }))
    return { $status: 204 }
  },
})

export const getBucketTagging = operation<GetBucketTaggingCommandInput, GetBucketTaggingCommandOutput>(
  's3',
  'GetBucketTagging',
  {
    needs: bucketNeed('s3:GetBucketTagging'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { tags } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (!tags) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: Bucket })
      return { TagSet: toTagSet(tags) }
    },
  },
)

export const deleteBucketTagging = operation<DeleteBucketTaggingCommandInput, DeleteBucketTaggingCommandOutput>(
  's3',
  'DeleteBucketTagging',
  {
    // AWS has no action of its own for it.
    needs: bucketNeed('s3:PutBucketTagging'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, tags: undefined }))
      return {}
    },
  },
)
