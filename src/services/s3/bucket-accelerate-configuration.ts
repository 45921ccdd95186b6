import type {
  GetBucketAccelerateConfigurationCommandInput,
  GetBucketAccelerateConfigurationCommandOutput,
  PutBucketAccelerateConfigurationCommandInput,
  PutBucketAccelerateConfigurationCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Kept and given back; every address of a bucket is as near as any other here. */

export const putBucketAccelerateConfiguration = operation<
  PutBucketAccelerateConfigurationCommandInput,
  PutBucketAccelerateConfigurationCommandOutput
>('s3', 'PutBucketAccelerateConfiguration', {
  needs: bucketNeed('s3:PutAccelerateConfiguration'),
  perform: ({ Bucket, AccelerateConfiguration, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const acceleration = AccelerateConfiguration.Status
    if (acceleration !== 'Enabled' && acceleration !== 'Suspended') throw malformedXml()
    if (Bucket.includes('.')) {
      throw invalidRequest('S3 Transfer Acceleration is not supported for buckets with periods (.) in their names')
    }
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, acceleration }))
    return {}
  },
})

export const getBucketAccelerateConfiguration = operation<
  GetBucketAccelerateConfigurationCommandInput,
  GetBucketAccelerateConfigurationCommandOutput
>('s3', 'GetBucketAccelerateConfiguration', {
  needs: bucketNeed('s3:GetAccelerateConfiguration'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { acceleration } = openBucket(Bucket, ExpectedBucketOwner, permit)
    return acceleration ? { Status: acceleration } : {}
  },
})
