import type { ListMultipartUploadsCommandInput, ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { encoder, folderOf } from './listing.ts'
import { checkEncoding, pageSize } from './listing-input.ts'
import { onBucket } from './needs.ts'
import { owner } from './owner.ts'
import { storageClassOf } from './storage-class.ts'
import { uploadsInOrder, type Upload } from './upload.ts'

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
      const start = folderOf(KeyMarker, Prefix, Delimiter)
      const all = uploadsInOrder(permit.world.store, Bucket, Prefix, {
        key: KeyMarker,
        // A marker that is a common prefix stands for all that begins with it.
        ...(start === KeyMarker && KeyMarker.startsWith(Prefix) ? { isPrefix: true } : { id: UploadIdMarker }),
      })
      for (let one = all.next(); !one.done;) {
        const upload = one.value
        if (uploads.length + prefixes.length === max) {
          more = max > 0
          break
        }
        const folder = folderOf(upload.key, Prefix, Delimiter)
        if (folder === undefined) uploads.push(upload)
        else prefixes.push(folder)
        last = { key: folder ?? upload.key, id: folder === undefined ? upload.id : '' }
        one = all.next(folder)
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
