import type {
  DeleteBucketCorsCommandInput,
  DeleteBucketCorsCommandOutput,
  GetBucketCorsCommandInput,
  GetBucketCorsCommandOutput,
  PutBucketCorsCommandInput,
  PutBucketCorsCommandOutput,
} from '@aws-sdk/client-s3'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { openBucket, updateBucket } from './bucket.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { bucketNeed } from './needs.ts'

/** Cross-origin rules: kept, given back, and what pages of other origins are answered by (src/browser). */

const methods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'HEAD'])

export const putBucketCors = operation<PutBucketCorsCommandInput, PutBucketCorsCommandOutput>('s3', 'PutBucketCors', {
  needs: bucketNeed('s3:PutBucketCORS'),
  perform: ({ Bucket, CORSConfiguration, ExpectedBucketOwner }, permit) => {
    openBucket(Bucket, ExpectedBucketOwner, permit)
    const cors = CORSConfiguration.CORSRules
    if (cors.length === 0 || cors.length > 100) throw malformedXml()
    for (const { AllowedMethods = [], AllowedOrigins = [] } of cors) {
      if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw malformedXml()
      const strange = AllowedMethods.find((method) => !methods.has(method))
      if (strange !== undefined) {
        throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${strange}`)
      }
      const origin = AllowedOrigins.find((one) => one.split('*').length > 2)
      if (origin !== undefined) throw invalidRequest(`AllowedOrigin "${origin}" can not have more than one wildcard.`)
    }
    updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, cors }))
    return {}
  },
})

export const getBucketCors = operation<GetBucketCorsCommandInput, GetBucketCorsCommandOutput>('s3', 'GetBucketCors', {
  needs: bucketNeed('s3:GetBucketCORS'),
  perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
    const { cors } = openBucket(Bucket, ExpectedBucketOwner, permit)
    if (!cors) {
      throw new AwsError('NoSuchCORSConfiguration', 'The CORS configuration does not exist', 404, {
        BucketName: Bucket,
      })
    }
    return { CORSRules: cors }
  },
})

export const deleteBucketCors = operation<DeleteBucketCorsCommandInput, DeleteBucketCorsCommandOutput>(
  's3',
  'DeleteBucketCors',
  {
    // AWS has no action of its own for it.
    needs: bucketNeed('s3:PutBucketCORS'),
    perform: ({ Bucket, ExpectedBucketOwner }, permit) => {
      openBucket(Bucket, ExpectedBucketOwner, permit)
      updateBucket(permit.world.store, Bucket, (bucket) => ({ ...bucket, cors: undefined }))
      return {}
    },
  },
)
