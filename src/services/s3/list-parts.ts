import type { ListPartsCommandInput, ListPartsCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { checksumMembers } from './checksums.ts'
import { invalidArgument } from './errors.ts'
import { abortAnswer } from './lifecycle.ts'
import { pageSize } from './listing-input.ts'
import { onObject } from './needs.ts'
import { quoted } from './object.ts'
import { owner } from './owner.ts'
import { storageClassOf } from './storage-class.ts'
import { openUpload, partsOf } from './upload.ts'

export const listParts = operation<ListPartsCommandInput, ListPartsCommandOutput>('s3', 'ListParts', {
  needs: ({ Bucket, Key }, call) => [onObject(call, 's3:ListMultipartUploadParts', Bucket, Key)],
  perform: (input, permit) => {
    const { Bucket, Key, UploadId } = input
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const upload = openUpload(permit.world.store, Bucket, Key, UploadId)
    const max = pageSize(input.MaxParts, 'max-parts')
    const marker = Number(input.PartNumberMarker ?? 0)
    if (!Number.isInteger(marker) || marker < 0 || marker > 2_147_483_647) {
      throw invalidArgument(
        'Argument part-number-marker must be an integer between 0 and 2147483647',
        'part-number-marker',
        String(input.PartNumberMarker),
      )
    }
    const rest = partsOf(permit.world.store, UploadId).filter(({ number }) => number > marker)
    const page = rest.slice(0, max)
    return {
      Bucket,
      Key,
      UploadId,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
      MaxParts: max,
      IsTruncated: max > 0 && rest.length > max,
      StorageClass: storageClassOf(upload),
      ...abortAnswer(bucket, upload),
      Owner: owner(bucket.account),
      Initiator: upload.initiator,
      ...(upload.checksum ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type } : {}),
      ...(page.length > 0
        ? {
            Parts: page.map(({ number, bytes, etag, lastModified, checksum }) => ({
              PartNumber: number,
              LastModified: lastModified,
              ETag: quoted(etag),
              Size: bytes.size,
              ...checksumMembers(checksum),
            })),
          }
        : {}),
    }
  },
})
