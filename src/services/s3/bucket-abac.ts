import type {
  GetBucketAbacCommandInput,
  GetBucketAbacCommandOutput,
  PutBucketAbacCommandInput,
  PutBucketAbacCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Whether the tags of a bucket count in decisions (S3 User Guide, "Enabling ABAC in general purpose buckets"). */

export const putBucketAbac = operation<PutBucketAbacCommandInput, PutBucketAbacCommandOutput>('s3', 'PutBucketAbac', {
  needs: bucketNeed('s3:PutBucketABAC'),
  perform: ({ Bucket, AbacStatus, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const abac = AbacStatus.Status
    if (abac !== 'Enabled' && abac !== 'Disabled') throw malformedXml()
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, abac }))
    return {}
  },
})

export const getBucketAbac = operation<GetBucketAbacCommandInput, GetBucketAbacCommandOutput>('s3', 'GetBucketAbac', {
  needs: bucketNeed('s3:GetBucketABAC'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => ({
    AbacStatus: { Status: openBucket(Bucket, ExpectedBucketOwner, permit).abac ?? 'Disabled' },
  }),
})
