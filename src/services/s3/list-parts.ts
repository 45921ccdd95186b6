import type { ListPartsCommandInput, ListPartsCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { checksumMembers } from './checksums.ts'
import { invalidArgument } from './errors.ts'
import { onObject } from './needs.ts'
import { quoted } from './object.ts'
import { owner } from './owner.ts'
import { openUpload, partsOf } from './upload.ts'

const MAX_PARTS = 1000

export const listParts = operation<ListPartsCommandInput, ListPartsCommandOutput>('s3', 'ListParts', {
  needs: ({ Bucket, Key }, call) => [onObject(call, 's3:ListMultipartUploadParts', Bucket, Key)],
  perform: (input, permit) => {
    const { Bucket, Key, UploadId, MaxParts = MAX_PARTS } = input
    const { account } = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const upload = openUpload(permit.world.store, Bucket, Key, UploadId)
    if (MaxParts < 0) {
      throw invalidArgument(
        'Argument max-parts must be an integer between 0 and 2147483647',
        'max-parts',
        String(MaxParts),
      )
    }
    const max = Math.min(MaxParts, MAX_PARTS)
    const marker = Number(input.PartNumberMarker ?? 0)
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
      StorageClass: 'STANDARD',
      Owner: owner(account),
      Initiator: upload.initiator,
      ...(upload.checksum ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type } : {}),
      ...(page.length > 0
        ? {
            Parts: page.map(({ number, bytes, lastModified, checksum }) => ({
              PartNumber: number,
              LastModified: lastModified,
              ETag: quoted(bytes.md5),
              Size: bytes.size,
              ...checksumMembers(checksum),
            })),
          }
        : {}),
    }
  },
})
