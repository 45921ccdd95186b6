import type { UploadPartCopyCommandInput, UploadPartCopyCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { MAX_PUT_BYTES } from './body.ts'
import { openBucket } from './bucket.ts'
import { checksumMembers, summed } from './checksums.ts'
import { writeContent } from './content.ts'
import { openSource, parseCopySource, readSource, sourceNeeds } from './copy-source.ts'
import { openKey } from './data-key.ts'
import { encryptionAnswer } from './encryption.ts'
import { invalidArgument, invalidRequest } from './errors.ts'
import { onObject } from './needs.ts'
import { nowSeconds, quoted } from './object.ts'
import type { Range } from './range.ts'
import { checkPartNumber, commitPart, openUpload } from './upload.ts'

export const uploadPartCopy = operation<UploadPartCopyCommandInput, UploadPartCopyCommandOutput>(
  's3',
  'UploadPartCopy',
  {
    needs: ({ Bucket, Key, CopySource }, call) => {
      const from = parseCopySource(CopySource)
      return [
        ...sourceNeeds(call, from),
        onObject(call, 's3:PutObject', Bucket, Key, { 's3:x-amz-copy-source': `${from.bucket}/${from.key}` }),
      ]
    },
    perform: async (input, permit) => {
      const { world } = permit
      const { Bucket, Key, UploadId, PartNumber } = input
      const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
      checkPartNumber(PartNumber)
      const upload = openUpload(world.store, Bucket, Key, UploadId)
      const source = parseCopySource(input.CopySource)
      const object = openSource(source, input, permit)
      const { bytes: from } = object
      const range = parseCopyRange(input.CopySourceRange, from.size)
      if ((range ? range.end - range.start + 1 : from.size) > MAX_PUT_BYTES) {
        throw invalidRequest(
          `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
        )
      }
      const { encryption } = upload
      const key = await openKey(encryption, bucket, input, permit, 'upload')
      const content = summed(upload.checksum?.algorithm, await readSource(source, object, input, permit, range))
      const { bytes, etag } = await writeContent(world, content.source, { encryption, key })
      const checksum = content.checksum()
      const lastModified = nowSeconds(permit)
      await commitPart(world, upload, {
        number: PartNumber,
        bytes,
        etag,
        lastModified,
        ...(checksum ? { checksum } : {}),
      })
      return {
        ...encryptionAnswer(encryption),
        CopyPartResult: { ETag: quoted(etag), LastModified: lastModified, ...checksumMembers(checksum) },
      }
    },
  },
)

/** `bytes=first-last`, both told, both inside the source (S3 API Reference, UploadPartCopy, x-amz-copy-source-range). */
function parseCopyRange(header: string | undefined, size: number): Range | undefined {
  if (header === undefined) return undefined
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? []
  if (first === undefined || Number(last) < Number(first)) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    )
  }
  if (Number(last) >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      header,
    )
  }
  return { start: Number(first), end: Number(last) }
}
