import type { GetObjectAttributesCommandInput, GetObjectAttributesCommandOutput } from '@aws-sdk/client-s3'
import type { Call, Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { checksumAnswer, checksumMembers } from './checksums.ts'
import { piecesOf } from './content.ts'
import { openKey } from './data-key.ts'
import { invalidArgument } from './errors.ts'
import { pageSize } from './listing-input.ts'
import { objectThere, onBucket, onObject } from './needs.ts'
import { openObject, versionAnswer, type StoredObject } from './object.ts'
import { storageClassOf } from './storage-class.ts'

type Input = Shape<GetObjectAttributesCommandInput>

const known = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize']

export const getObjectAttributes = operation<GetObjectAttributesCommandInput, GetObjectAttributesCommandOutput>(
  's3',
  'GetObjectAttributes',
  {
    needs,
    perform: async (input, permit) => {
      const { Bucket, Key, VersionId } = input
      const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
      const asked = new Set<string>(input.ObjectAttributes)
      const unknown = [...asked].find((name) => !known.includes(name))
      if (unknown !== undefined || asked.size === 0) {
        throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', unknown ?? '')
      }
      const object = openObject(permit.world.store, Bucket, Key, VersionId)
      await openKey(object.encryption, bucket, input, permit)
      return {
        ...versionAnswer(bucket, object),
        LastModified: object.lastModified,
        ...(asked.has('ETag') ? { ETag: object.etag } : {}),
        ...(asked.has('Checksum') && object.checksum ? { Checksum: checksumAnswer(object.checksum) } : {}),
        ...(asked.has('ObjectParts') && object.parts
          ? { ObjectParts: partsOf(permit.world.store, object, input) }
          : {}),
        ...(asked.has('StorageClass') ? { StorageClass: storageClassOf(object) } : {}),
        ...(asked.has('ObjectSize') ? { ObjectSize: object.bytes.size } : {}),
      }
    },
  },
)

/** S3 API Reference, GetObjectAttributes, "Permissions": to read the object and its attributes, of a version those of versions. */
function needs({ Bucket, Key, VersionId }: Input, call: Call): Need[] {
  const actions =
    VersionId === undefined
      ? ['s3:GetObject', 's3:GetObjectAttributes']
      : ['s3:GetObjectVersion', 's3:GetObjectVersionAttributes']
  return [
    ...actions.map((action) => onObject(call, action, Bucket, Key, {}, VersionId)),
    ...(objectThere(call, Bucket, Key, VersionId) ? [] : [onBucket(call, 's3:ListBucket', Bucket)]),
  ]
}

/** Single parts are only told of where each has a checksum of its own. */
function partsOf(store: Store, { bytes, parts = [], checksum }: StoredObject, input: Input) {
  const max = pageSize(input.MaxParts, 'max-parts')
  const marker = Number(input.PartNumberMarker ?? 0)
  const pieces = checksum?.type === 'COMPOSITE' ? piecesOf(store, bytes.id) : undefined
  if (!pieces) return { TotalPartsCount: parts.length }
  const rest = pieces.filter(({ number }) => number > marker)
  const page = rest.slice(0, max)
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts: max,
    IsTruncated: rest.length > page.length,
    Parts: page.map(({ number, bytes: { size }, checksum: own }) => ({
      PartNumber: number,
      Size: size,
      ...checksumMembers(own),
    })),
  }
}
