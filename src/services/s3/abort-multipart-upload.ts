import type { AbortMultipartUploadCommandInput, AbortMultipartUploadCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { onObject } from './needs.ts'
import { dropUpload, openUpload } from './upload.ts'

export const abortMultipartUpload = operation<AbortMultipartUploadCommandInput, AbortMultipartUploadCommandOutput>(
  's3',
  'AbortMultipartUpload',
  {
    needs: ({ Bucket, Key }, call) => [onObject(call, 's3:AbortMultipartUpload', Bucket, Key)],
    perform: ({ Bucket, Key, UploadId, ExpectedBucketOwner }, permit) => {
      const { world } = permit
      openBucket(Bucket, ExpectedBucketOwner, permit)
      world.store.transaction(() => dropUpload(world, openUpload(world.store, Bucket, Key, UploadId)))
      return {}
    },
  },
)
