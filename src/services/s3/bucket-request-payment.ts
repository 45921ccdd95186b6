import type {
  GetBucketRequestPaymentCommandInput,
  GetBucketRequestPaymentCommandOutput,
  PutBucketRequestPaymentCommandInput,
  PutBucketRequestPaymentCommandOutput,
} from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Who pays; of a Requester Pays bucket `openBucket` wants to hear from strangers that they do. */

export const putBucketRequestPayment = operation<
  PutBucketRequestPaymentCommandInput,
  PutBucketRequestPaymentCommandOutput
>('s3', 'PutBucketRequestPayment', {
  needs: bucketNeed('s3:PutBucketRequestPayment'),
  perform: ({ Bucket, RequestPaymentConfiguration, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const requestPayment = RequestPaymentConfiguration.Payer
    if (requestPayment !== 'Requester' && requestPayment !== 'BucketOwner') throw malformedXml()
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, requestPayment }))
    return {}
  },
})

export const getBucketRequestPayment = operation<
  GetBucketRequestPaymentCommandInput,
  GetBucketRequestPaymentCommandOutput
>('s3', 'GetBucketRequestPayment', {
  needs: bucketNeed('s3:GetBucketRequestPayment'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => ({
    Payer: openBucket(Bucket, ExpectedBucketOwner, permit).requestPayment ?? 'BucketOwner',
  }),
})
