import type { CreateMultipartUploadCommandInput, CreateMultipartUploadCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { algorithmNamed, checksumTypeFor } from './checksums.ts'
import { invalidRequest } from './errors.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { onObject } from './needs.ts'
import { checkKey, nowSeconds } from './object.ts'
import { initiator } from './owner.ts'
import { fromTaggingHeader, requestTagKeys } from './tags.ts'
import { encrypted, refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'
import { newUploadId, putUpload } from './upload.ts'

export const createMultipartUpload = operation<CreateMultipartUploadCommandInput, CreateMultipartUploadCommandOutput>(
  's3',
  'CreateMultipartUpload',
  {
    needs: (input, call) => {
      const tags = input.Tagging === undefined ? undefined : fromTaggingHeader(input.Tagging)
      return [
        onObject(call, 's3:PutObject', input.Bucket, input.Key, { ...writeKeys(input), ...requestTagKeys(tags) }),
        ...writeNeeds(call, input, tags !== undefined),
      ]
    },
    perform: (input, permit) => {
      const { call, world } = permit
      const { Bucket, Key } = input
      openBucket(Bucket, input.ExpectedBucketOwner, permit)
      checkKey(Key)
      refuseUnsupported(input)
      const algorithm = algorithmNamed(input.ChecksumAlgorithm)
      if (!algorithm && input.ChecksumType !== undefined) {
        throw invalidRequest(
          'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
        )
      }
      const checksum = algorithm && { algorithm, type: checksumTypeFor(algorithm, input.ChecksumType) }
      const id = newUploadId(world)
      putUpload(world.store, {
        id,
        bucket: Bucket,
        key: Key,
        initiated: nowSeconds(permit),
        initiator: initiator(call),
        headers: objectHeaders(input),
        metadata: userMetadata(input.Metadata),
        ...(input.Tagging ? { tags: fromTaggingHeader(input.Tagging) } : {}),
        ...(checksum ? { checksum } : {}),
      })
      return {
        Bucket,
        Key,
        UploadId: id,
        ...encrypted,
        ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
      }
    },
  },
)
