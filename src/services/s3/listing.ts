import type { ListOptions, Row, Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import type { PageEnd } from './continuation-token.ts'
import { quoted, type StoredObject } from './object.ts'
import { restoreState, storageClassOf } from './storage-class.ts'

/** What S3 lists at most at once, whatever is asked. */
export const MAX_KEYS = 1000

export interface Listing<T> {
  /** In the order of UTF-8 bytes. */
  entries: { key: string; value: T }[]
  commonPrefixes: string[]
  /** Where to go on; absent on the last page. */
  next?: PageEnd
}

export interface ListingRequest {
  prefix: string
  delimiter: string
  after?: PageEnd
  max: number
}

/** Sorts after every key of S3's (at most 1,024 bytes) that begins with the prefix, and before all others. */
export const endOf = (prefix: string) => prefix + '\u{10ffff}'.repeat(256)

/**
 * One page of a bucket's keys, those that go on beyond a delimiter rolled up into common prefixes
 * (S3 User Guide, "Organizing objects using prefixes"). A rolled-up folder is stepped over, not read through.
 * `place` is what stands before a key in the store.
 */
export function listKeys<T>(store: Store, kind: string, place: string, request: ListingRequest): Listing<T> {
  const { prefix, delimiter, max } = request
  const entries: Listing<T>['entries'] = []
  const commonPrefixes: string[] = []
  let end = request.after
  // With a delimiter the next row may be the only one of its folder that is wanted; among plain keys more are read each time.
  let batch = delimiter === '' ? Infinity : 1
  for (;;) {
    const left = max - entries.length - commonPrefixes.length
    // One more than there is room for tells whether the page is the last.
    const rows = rowsAfter<T>(store, kind, place, prefix, end, Math.min(left + 1, batch))
    if (rows.length === 0) return { entries, commonPrefixes }
    for (const row of rows) {
      if (entries.length + commonPrefixes.length === max) {
        return { entries, commonPrefixes, ...(end && max > 0 ? { next: end } : {}) }
      }
      const key = row.key.slice(place.length)
      const folder = folderOf(key, prefix, delimiter)
      end = { last: folder ?? key, isPrefix: folder !== undefined }
      if (folder !== undefined) {
        commonPrefixes.push(folder)
        batch = 1
        break
      }
      entries.push({ key, value: row.value })
      batch *= 2
    }
  }
}

/** The common prefix that a key is rolled up into. */
export function folderOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const at = key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

function rowsAfter<T>(
  store: Store,
  kind: string,
  place: string,
  prefix: string,
  end: PageEnd | undefined,
  limit: number,
): Row<T>[] {
  const options: ListOptions = { prefix: place + prefix, limit }
  if (end) options.after = place + (end.isPrefix ? endOf(end.last) : end.last)
  return store.list<T>(kind, options)
}

/** An object as every listing shows it. */
export function entryOf(key: string, object: StoredObject) {
  const { bytes, etag, lastModified, checksum } = object
  return {
    Key: key,
    LastModified: lastModified,
    ETag: quoted(etag),
    Size: bytes.size,
    StorageClass: storageClassOf(object),
    ...(checksum ? { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type } : {}),
  }
}

/** `x-amz-optional-object-attributes: RestoreStatus` */
export function restoreShown(object: StoredObject, attributes: readonly string[] | undefined, world: World) {
  if (!attributes?.includes('RestoreStatus')) return {}
  const state = restoreState(object, world.now())
  if (!state) return {}
  return {
    RestoreStatus: state.ongoing
      ? { IsRestoreInProgress: true }
      : { IsRestoreInProgress: false, RestoreExpiryDate: state.expiresAt },
  }
}

/**
 * `encoding-type=url`, for keys that XML cannot carry: as forms are encoded, but for the slash (S3 API Reference, ListObjectsV2,
 * EncodingType; botocore takes a plus for a space).
 */
export function encoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType !== 'url') return (text) => text
  return (text) =>
    encodeURIComponent(text)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+')
      .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
}
