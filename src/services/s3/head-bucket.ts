import type { HeadBucketCommandInput, HeadBucketCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { bucketArn, openBucket } from './bucket.ts'
import { bucketNeed } from './needs.ts'

export const headBucket = operation<HeadBucketCommandInput, HeadBucketCommandOutput>('s3', 'HeadBucket', {
  needs: bucketNeed('s3:ListBucket'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { region } = openBucket(Bucket, ExpectedBucketOwner, permit)
    return { BucketArn: bucketArn(Bucket), BucketRegion: region }
  },
})
