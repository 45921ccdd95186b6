import type { ListMultipartUploadsCommandInput, ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { compareKeys } from '../../store/key-order.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { encoder, folderOf } from './listing.ts'
import { checkEncoding, pageSize } from './listing-input.ts'
import { onBucket } from './needs.ts'
import { owner } from './owner.ts'
import { storageClassOf } from './storage-class.ts'
import { uploadsOf, type Upload } from './upload.ts'

export const listMultipartUploads = operation<ListMultipartUploadsCommandInput, ListMultipartUploadsCommandOutput>(
  's3',
  'ListMultipartUploads',
  {
    needs: ({ Bucket, Prefix, Delimiter }, call) => [
      onBucket(call, 's3:ListBucketMultipartUploads', Bucket, { 's3:prefix': Prefix, 's3:delimiter': Delimiter }),
    ],
    perform: (input, permit) => {
      const { Bucket, Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '', EncodingType } = input
      const { account } = openBucket(Bucket, input.ExpectedBucketOwner, permit)
      const encode = encoder(EncodingType)
      checkEncoding(EncodingType)
      const max = pageSize(input.MaxUploads, 'max-uploads')

      const uploads: Upload[] = []
      const prefixes: string[] = []
      let last: { key: string; id: string } | undefined
      let more = false
      for (const upload of inOrder(uploadsOf(permit.world.store, Bucket).map(({ value }) => value))) {
        if (!upload.key.startsWith(Prefix) || !isAfter(upload, KeyMarker, UploadIdMarker)) continue
        const folder = folderOf(upload.key, Prefix, Delimiter)
        if (folder !== undefined && (folder === prefixes.at(-1) || folder === KeyMarker)) continue
        if (uploads.length + prefixes.length === max) {
          more = max > 0
          break
        }
        if (folder === undefined) uploads.push(upload)
        else prefixes.push(folder)
        last = { key: folder ?? upload.key, id: folder === undefined ? upload.id : '' }
      }
      return {
        Bucket,
        Prefix: encode(Prefix),
        KeyMarker: encode(KeyMarker),
        UploadIdMarker,
        MaxUploads: max,
        IsTruncated: more,
        ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
        ...(EncodingType === undefined ? {} : { EncodingType }),
        ...(more && last ? { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.id } : {}),
        ...(uploads.length > 0
          ? {
              Uploads: uploads.map(({ id, key, initiated, initiator, checksum, storageClass }) => ({
                UploadId: id,
                Key: encode(key),
                Initiated: initiated,
                Initiator: initiator,
                Owner: owner(account),
                StorageClass: storageClassOf({ storageClass }),
                ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
              })),
            }
          : {}),
        ...(prefixes.length > 0 ? { CommonPrefixes: prefixes.map((one) => ({ Prefix: encode(one) })) } : {}),
      }
    },
  },
)

/** By key, then by initiation. */
function inOrder(uploads: Upload[]): Upload[] {
  return uploads.sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id))
}

/** An upload-id-marker counts only beside a key-marker: then the rest of that key's uploads still come. */
function isAfter({ key, id }: Upload, keyMarker: string, uploadIdMarker: string): boolean {
  if (keyMarker === '') return true
  const order = compareKeys(key, keyMarker)
  return order > 0 || (order === 0 && uploadIdMarker !== '' && compareKeys(id, uploadIdMarker) > 0)
}
