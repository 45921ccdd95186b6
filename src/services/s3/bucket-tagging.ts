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
import { openBucket, updateBucket, type Bucket } from './bucket.ts'
import { invalidRequest } from './errors.ts'
import { bucketNeed } from './needs.ts'
import { fromTagSet, toTagSet } from './tags.ts'

export const putBucketTagging = operation<
  PutBucketTaggingCommandInput,
  PutBucketTaggingCommandOutput & { $status: number }
>('s3', 'PutBucketTagging', {
  needs: bucketNeed('s3:PutBucketTagging'),
  perform: ({ Bucket, Tagging, ExpectedBucketOwner }, permit) => {
    refuseWithAbac(openBucket(Bucket, ExpectedBucketOwner, permit))
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
      refuseWithAbac(openBucket(Bucket, ExpectedBucketOwner, permit))
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, tags: undefined }))
      return {}
    },
  },
)

/** Tags that decide are set by TagResource, which asks for s3:TagResource. inferred: code and sentence. */
function refuseWithAbac({ abac }: Bucket): void {
  if (abac !== 'Enabled') return
  throw invalidRequest(
    'Bucket tags of a bucket with ABAC enabled can only be changed by TagResource and UntagResource.',
  )
}
