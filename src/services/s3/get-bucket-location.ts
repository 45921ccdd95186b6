import type {
  BucketLocationConstraint,
  GetBucketLocationCommandInput,
  GetBucketLocationCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { findBucket } from './bucket.ts'
import { accessDenied, noSuchBucket } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Answers for buckets of every region: that is what it is for. us-east-1 has no name in it. */
export const getBucketLocation = operation<GetBucketLocationCommandInput, GetBucketLocationCommandOutput>(
  's3',
  'GetBucketLocation',
  {
    needs: bucketNeed('s3:GetBucketLocation'),
    perform: ({ Bucket, ExpectedBucketOwner }, { world }) => {
      const bucket = findBucket(world.store, Bucket)
      if (!bucket) throw noSuchBucket(Bucket)
      if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== bucket.account) throw accessDenied()
      return bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region as BucketLocationConstraint }
    },
  },
)
