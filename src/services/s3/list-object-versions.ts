import type { ListObjectVersionsCommandInput, ListObjectVersionsCommandOutput, ObjectVersion } from '@aws-sdk/client-s3'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import { invalidArgument } from './errors.ts'
import { encoder, entryOf, folderOf, restoreShown } from './listing.ts'
import { checkEncoding, pageSize } from './listing-input.ts'
import { onBucket } from './needs.ts'
import { owner } from './owner.ts'
import type { StorageClass } from './storage-class.ts'
import { NULL_VERSION, sequenceOf } from './version-id.ts'
import { findVersion, sequenceOfVersion } from './versions.ts'
import { versionsInOrder, type ListedVersion, type VersionStart } from './version-listing.ts'

type Input = Shape<ListObjectVersionsCommandInput>

/** The SDK knows of one storage class here; S3 prints them all. */
type Output = Omit<ListObjectVersionsCommandOutput, 'Versions'> & {
  Versions?: (Omit<ObjectVersion, 'StorageClass'> & { StorageClass?: StorageClass })[]
  /** Versions and delete markers stand in one order on the wire (wire/rest.ts). */
  $order: string[]
}

export const listObjectVersions = operation<ListObjectVersionsCommandInput, Output>('s3', 'ListObjectVersions', {
  needs: ({ Bucket, Prefix, Delimiter, MaxKeys }, call) => [
    onBucket(call, 's3:ListBucketVersions', Bucket, {
      's3:prefix': Prefix,
      's3:delimiter': Delimiter,
      's3:max-keys': MaxKeys === undefined ? undefined : String(MaxKeys),
    }),
  ],
  perform: (input, permit) => {
    const { store } = permit.world
    const { account } = openBucket(input.Bucket, input.ExpectedBucketOwner, permit)
    const { Bucket, Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker = '', EncodingType } = input
    checkEncoding(EncodingType)
    const encode = encoder(EncodingType)
    const max = pageSize(input.MaxKeys)
    const { versions, prefixes, next } = page(store, input, startOf(store, input), max)
    const shown = { Owner: owner(account) }
    const entries = versions.filter(({ object }) => object !== undefined)
    const markers = versions.filter(({ marker }) => marker !== undefined)
    return {
      Name: Bucket,
      Prefix: encode(Prefix),
      KeyMarker: encode(KeyMarker),
      VersionIdMarker,
      MaxKeys: max,
      IsTruncated: next !== undefined,
      ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
      ...(EncodingType === undefined ? {} : { EncodingType }),
      ...(next
        ? {
            NextKeyMarker: encode(next.key),
            ...(next.versionId === undefined ? {} : { NextVersionIdMarker: next.versionId }),
          }
        : {}),
      ...(entries.length > 0
        ? {
            Versions: entries.map(({ key, object, isLatest }) => ({
              ...entryOf(encode(key), object!),
              ...restoreShown(object!, input.OptionalObjectAttributes, permit.world),
              ...shown,
              IsLatest: isLatest,
              VersionId: object!.versionId ?? NULL_VERSION,
            })),
          }
        : {}),
      ...(markers.length > 0
        ? {
            DeleteMarkers: markers.map(({ key, marker, isLatest }) => ({
              Key: encode(key),
              VersionId: marker!.versionId ?? NULL_VERSION,
              IsLatest: isLatest,
              LastModified: marker!.lastModified,
              ...shown,
            })),
          }
        : {}),
      ...(prefixes.length > 0 ? { CommonPrefixes: prefixes.map((one) => ({ Prefix: encode(one) })) } : {}),
      $order: versions.map(({ object }) => (object ? 'Versions' : 'DeleteMarkers')),
    }
  },
})

/** Where the markers say that the page begins. Throws InvalidArgument. */
function startOf(store: Store, input: Input): VersionStart | undefined {
  const { Bucket, Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker } = input
  if (VersionIdMarker === '') {
    throw invalidArgument('A version-id marker cannot be empty.', 'version-id-marker', '')
  }
  if (KeyMarker === '') {
    if (VersionIdMarker === undefined) return undefined
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      VersionIdMarker,
    )
  }
  const isPrefix = KeyMarker.startsWith(Prefix) && folderOf(KeyMarker, Prefix, Delimiter) === KeyMarker
  if (VersionIdMarker === undefined) return { key: KeyMarker, isPrefix }
  const sequence =
    VersionIdMarker === NULL_VERSION ? nullSequence(store, Bucket, KeyMarker) : sequenceOf(VersionIdMarker)
  return { key: KeyMarker, isPrefix: false, ...(sequence === undefined ? {} : { sequence }) }
}

function nullSequence(store: Store, bucket: string, key: string): number | undefined {
  const version = findVersion(store, bucket, key, NULL_VERSION)
  return version && sequenceOfVersion(version)
}

function page(store: Store, input: Input, start: VersionStart | undefined, max: number) {
  const { Bucket, Prefix = '', Delimiter = '' } = input
  const versions: ListedVersion[] = []
  const prefixes: string[] = []
  let next: { key: string; versionId?: string } | undefined
  const all = versionsInOrder(store, Bucket, Prefix, start)
  for (let one = max > 0 ? all.next() : all.return(); !one.done;) {
    if (versions.length + prefixes.length === max) return { versions, prefixes, next }
    const version = one.value
    const folder = folderOf(version.key, Prefix, Delimiter)
    if (folder === undefined) {
      versions.push(version)
      next = { key: version.key, versionId: (version.object ?? version.marker).versionId ?? NULL_VERSION }
    } else {
      prefixes.push(folder)
      next = { key: folder }
    }
    one = all.next(folder)
  }
  return { versions, prefixes, next: undefined }
}
