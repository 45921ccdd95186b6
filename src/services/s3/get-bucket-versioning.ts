import type { GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'

/** Versioning cannot be turned on here, so the answer is AWS's for a bucket where it never was: an empty configuration. */
export const getBucketVersioning = operation<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput>(
  's3',
  'GetBucketVersioning',
  {
    needs: bucketNeed('s3:GetBucketVersioning'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      return {}
    },
  },
)
