import type { CreateMultipartUploadCommandInput, CreateMultipartUploadCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { algorithmNamed, checksumTypeFor } from './checksums.ts'
import { newKey } from './data-key.ts'
import { wantedEncryption } from './encryption-request.ts'
import { writtenAnswer } from './encryption.ts'
import { invalidRequest } from './errors.ts'
import { abortAnswer } from './lifecycle.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { newObjectAccess } from './new-object-access.ts'
import { onObject } from './needs.ts'
import { lockAsked } from './object-lock.ts'
import { checkKey, nowSeconds } from './object.ts'
import { initiator } from './owner.ts'
import { storageClassNamed } from './storage-class.ts'
import { fromTaggingHeader, requestTagKeys } from './tags.ts'
import { refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'
import { newUploadId, putUpload } from './upload.ts'

export const createMultipartUpload = operation<CreateMultipartUploadCommandInput, CreateMultipartUploadCommandOutput>(
  's3',
  'CreateMultipartUpload',
  {
    needs: (input, call) => {
      const tags = input.Tagging === undefined ? undefined : fromTaggingHeader(input.Tagging)
      return [
        onObject(call, 's3:PutObject', input.Bucket, input.Key, {
          ...writeKeys(input, call.time),
          ...requestTagKeys(tags),
        }),
        ...writeNeeds(call, input, tags !== undefined),
      ]
    },
    perform: async (input, permit) => {
      const { call, world } = permit
      const { Bucket, Key } = input
      const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
      checkKey(Key)
      refuseUnsupported(input)
      const access = newObjectAccess(permit, bucket, input)
      const place = { ...storageClassNamed(input.StorageClass), ...lockAsked(input, bucket, call) }
      const algorithm = algorithmNamed(input.ChecksumAlgorithm)
      if (!algorithm && input.ChecksumType !== undefined) {
        throw invalidRequest(
          'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
        )
      }
      const checksum = algorithm && { algorithm, type: checksumTypeFor(algorithm, input.ChecksumType) }
      const { encryption } = await newKey(wantedEncryption(input, bucket, call), bucket, Key, permit)
      const id = newUploadId(world)
      const initiated = nowSeconds(permit)
      putUpload(world.store, {
        id,
        bucket: Bucket,
        key: Key,
        initiated,
        initiator: initiator(call),
        headers: objectHeaders(input),
        metadata: userMetadata(input.Metadata),
        access,
        ...(input.Tagging ? { tags: fromTaggingHeader(input.Tagging) } : {}),
        ...place,
        ...(checksum ? { checksum } : {}),
        ...(encryption ? { encryption } : {}),
      })
      return {
        Bucket,
        Key,
        UploadId: id,
        ...abortAnswer(bucket, { key: Key, initiated }),
        ...writtenAnswer(encryption),
        ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
      }
    },
  },
)
