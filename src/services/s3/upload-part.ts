import type { UploadPartCommandInput, UploadPartCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { bodyOf, type Streamed } from './body.ts'
import { openBucket } from './bucket.ts'
import { checksumMembers, checksummed, type StoredChecksum } from './checksums.ts'
import { writeContent } from './content.ts'
import { openKey } from './data-key.ts'
import { encryptionAnswer } from './encryption.ts'
import { invalidRequest } from './errors.ts'
import { onObject } from './needs.ts'
import { nowSeconds, quoted } from './object.ts'
import { checkPartNumber, commitPart, openUpload, type Upload } from './upload.ts'

export const uploadPart = operation<Streamed<UploadPartCommandInput>, UploadPartCommandOutput>('s3', 'UploadPart', {
  needs: ({ Bucket, Key }, call) => [onObject(call, 's3:PutObject', Bucket, Key)],
  perform: async (input, permit) => {
    const { call, world } = permit
    const { Bucket, Key, UploadId, PartNumber } = input
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    checkPartNumber(PartNumber)
    const upload = openUpload(world.store, Bucket, Key, UploadId)
    const key = await openKey(upload.encryption, bucket, input, permit, 'upload')
    const body = checksummed(call, input, bodyOf(call, input))
    const { encryption } = upload
    const source = checked(body.source, () => checkAlgorithm(upload, body.checksum()))
    const { bytes, etag } = await writeContent(world, source, { encryption, key })
    const checksum = body.checksum()
    await commitPart(world, upload, {
      number: PartNumber,
      bytes,
      etag,
      lastModified: nowSeconds(permit),
      ...(checksum ? { checksum } : {}),
    })
    return { ETag: quoted(etag), ...encryptionAnswer(encryption), ...checksumMembers(checksum) }
  },
})

/** Fails the write at its end, so that nothing of it stays. */
async function* checked(source: AsyncIterable<Uint8Array>, check: () => void): AsyncIterable<Uint8Array> {
  yield* source
  check()
}

/** An upload begun with an algorithm wants it of every part (S3 API Reference, UploadPart, x-amz-sdk-checksum-algorithm). */
function checkAlgorithm({ checksum }: Upload, given: Pick<StoredChecksum, 'algorithm'> | undefined): void {
  if (!checksum || given?.algorithm === checksum.algorithm) return
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, ` +
      `actual checksum Type: ${given?.algorithm.toLowerCase() ?? 'null'}`,
  )
}
