import type {
  DeletePublicAccessBlockCommandInput,
  DeletePublicAccessBlockCommandOutput,
  GetPublicAccessBlockCommandInput,
  GetPublicAccessBlockCommandOutput,
  PutPublicAccessBlockCommandInput,
  PutPublicAccessBlockCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'

export const putPublicAccessBlock = operation<PutPublicAccessBlockCommandInput, PutPublicAccessBlockCommandOutput>(
  's3',
  'PutPublicAccessBlock',
  {
    needs: bucketNeed('s3:PutBucketPublicAccessBlock'),
    perform: ({ Bucket, PublicAccessBlockConfiguration: wanted, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      const publicAccessBlock = {
        BlockPublicAcls: wanted.BlockPublicAcls ?? false,
        IgnorePublicAcls: wanted.IgnorePublicAcls ?? false,
        BlockPublicPolicy: wanted.BlockPublicPolicy ?? false,
        RestrictPublicBuckets: wanted.RestrictPublicBuckets ?? false,
      }
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, publicAccessBlock }))
      return {}
    },
  },
)

export const getPublicAccessBlock = operation<GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput>(
  's3',
  'GetPublicAccessBlock',
  {
    needs: bucketNeed('s3:GetBucketPublicAccessBlock'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      const { publicAccessBlock } = openBucket(Bucket, ExpectedBucketOwner, permit)
      if (publicAccessBlock) return { PublicAccessBlockConfiguration: publicAccessBlock }
      throw new AwsError(
        'NoSuchPublicAccessBlockConfiguration',
        'The public access block configuration was not found',
        404,
        { BucketName: Bucket },
      )
    },
  },
)

export const deletePublicAccessBlock = operation<
  DeletePublicAccessBlockCommandInput,
  DeletePublicAccessBlockCommandOutput
>('s3', 'DeletePublicAccessBlock', {
  // AWS has no action of its own for it.
  needs: bucketNeed('s3:PutBucketPublicAccessBlock'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, publicAccessBlock: undefined }))
    return {}
  },
})
