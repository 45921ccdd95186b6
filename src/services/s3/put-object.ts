import type { PutObjectCommandInput, PutObjectCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { bodyOf, type Streamed } from './body.ts'
import { openBucket } from './bucket.ts'
import { checksumAnswer, checksummed, fullObject } from './checksums.ts'
import { assertPreconditions } from './conditions.ts'
import { writeContent } from './content.ts'
import { newKey } from './data-key.ts'
import { wantedEncryption } from './encryption-request.ts'
import { writtenAnswer } from './encryption.ts'
import { expirationAnswer } from './lifecycle.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { newObjectAccess } from './new-object-access.ts'
import { onObject } from './needs.ts'
import { lockAsked } from './object-lock.ts'
import { checkKey, commitObject, findObject, nowSeconds, quoted, versionAnswer } from './object.ts'
import { storageClassNamed } from './storage-class.ts'
import { fromTaggingHeader, requestTagKeys } from './tags.ts'
import { refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'

export const putObject = operation<Streamed<PutObjectCommandInput>, PutObjectCommandOutput>('s3', 'PutObject', {
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
    const headers = objectHeaders(input)
    const metadata = userMetadata(input.Metadata)
    const place = { ...storageClassNamed(input.StorageClass), ...lockAsked(input, bucket, call) }
    // Once more when the bytes are there; but nobody should send gigabytes for nothing.
    assertPreconditions(input, findObject(world.store, Bucket, Key), Key)

    const body = checksummed(call, input, bodyOf(call, input))
    const sealing = await newKey(wantedEncryption(input, bucket, call), bucket, Key, permit)
    const { bytes, etag } = await writeContent(world, body.source, sealing, { holdSmall: true })
    const { encryption } = sealing
    const checksum = fullObject(body.checksum())
    const kept = await commitObject(
      world,
      Bucket,
      Key,
      {
        bytes,
        etag,
        lastModified: nowSeconds(permit),
        headers,
        metadata,
        ...access,
        ...(input.Tagging ? { tags: fromTaggingHeader(input.Tagging) } : {}),
        ...place,
        ...(checksum ? { checksum } : {}),
        ...(encryption ? { encryption } : {}),
      },
      input,
    )
    return {
      ETag: quoted(etag),
      ...writtenAnswer(encryption),
      ...checksumAnswer(checksum),
      ...versionAnswer(bucket, kept),
      ...expirationAnswer(bucket, Key, kept),
    }
  },
})
