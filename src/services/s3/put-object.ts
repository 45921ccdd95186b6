import type { PutObjectCommandInput, PutObjectCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { bodyOf, type Streamed } from './body.ts'
import { openBucket } from './bucket.ts'
import { checksumAnswer, checksummed, fullObject } from './checksums.ts'
import { assertPreconditions } from './conditions.ts'
import { objectHeaders, userMetadata } from './metadata.ts'
import { onObject } from './needs.ts'
import { checkKey, commitObject, findObject, nowSeconds, quoted } from './object.ts'
import { fromTaggingHeader, requestTagKeys } from './tags.ts'
import { encrypted, refuseUnsupported, writeKeys, writeNeeds } from './unsupported.ts'

export const putObject = operation<Streamed<PutObjectCommandInput>, PutObjectCommandOutput>('s3', 'PutObject', {
  needs: (input, call) => {
    const tags = input.Tagging === undefined ? undefined : fromTaggingHeader(input.Tagging)
    return [
      onObject(call, 's3:PutObject', input.Bucket, input.Key, { ...writeKeys(input), ...requestTagKeys(tags) }),
      ...writeNeeds(call, input, tags !== undefined),
    ]
  },
  perform: async (input, permit) => {
    const { call, world } = permit
    const { Bucket, Key } = input
    openBucket(Bucket, input.ExpectedBucketOwner, permit)
    checkKey(Key)
    refuseUnsupported(input)
    const headers = objectHeaders(input)
    const metadata = userMetadata(input.Metadata)
    // Once more when the bytes are there; but nobody should send gigabytes for nothing.
    assertPreconditions(input, findObject(world.store, Bucket, Key), Key)

    const body = checksummed(call, input, bodyOf(call, input))
    const bytes = await world.objects.write(body.source)
    const checksum = fullObject(body.checksum())
    await commitObject(
      world,
      Bucket,
      Key,
      {
        bytes,
        etag: bytes.md5,
        lastModified: nowSeconds(permit),
        headers,
        metadata,
        ...(input.Tagging ? { tags: fromTaggingHeader(input.Tagging) } : {}),
        ...(checksum ? { checksum } : {}),
      },
      input,
    )
    return { ETag: quoted(bytes.md5), ...encrypted, ...checksumAnswer(checksum) }
  },
})
