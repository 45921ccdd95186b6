import { compareKeys } from '../../store/key-order.ts'
import type { Row, Store } from '../../store/store.ts'
import { endOf } from './listing.ts'
import { findObject, objectKey, OBJECTS, type StoredObject } from './object.ts'
import {
  escaped,
  newestOther,
  sequenceOfObject,
  sequenceOfVersion,
  VERSIONS,
  versionKey,
  versionsOfKey,
  type StoredVersion,
} from './versions.ts'

/** Rows read from the store at once. */
const BATCH = 250

export type ListedVersion = StoredVersion & { isLatest: boolean }

/** Behind what a listing goes on: a key with all its versions, one of its versions, or all that begins with a common prefix. */
export interface VersionStart {
  key: string
  isPrefix: boolean
  sequence?: number
}

/**
 * A bucket's versions in the order of their keys and newest first (S3 API Reference, ListObjectVersions), from the two places
 * where they lie. Whoever reads it may step over all that begins with a prefix: `next(prefix)`.
 */
export function* versionsInOrder(
  store: Store,
  bucket: string,
  prefix: string,
  start?: VersionStart,
): Generator<ListedVersion, void, string | undefined> {
  const place = objectKey(bucket, '')
  const objects = cursor<StoredObject>(store, OBJECTS, place + prefix, place + objectsAfter(start))
  const others = cursor<StoredVersion>(store, VERSIONS, place + escaped(prefix), othersAfter(bucket, start))
  const stepOver = (folder: string | undefined) => {
    if (folder === undefined) return
    objects.jump(place + endOf(folder))
    others.jump(place + escaped(endOf(folder)))
  }
  let before: string | undefined
  if (start?.sequence !== undefined) {
    const { key, sequence } = start
    const object = findObject(store, bucket, key)
    const newest = object ? sequenceOfObject(object) : sequenceOf(newestOther(store, bucket, key))
    // The version that the page before ended with may have gone since, and an older one be the current one now.
    if (newest >= sequence) before = key
    else if (object) {
      before = key
      stepOver(yield { key, object, isLatest: true })
    }
  }
  for (;;) {
    const object = objects.peek()
    const other = others.peek()
    if (!object && !other) return
    const key = object?.key.slice(place.length)
    const isObject = object !== undefined && (!other || compareKeys(key!, other.value.key) <= 0)
    const version: StoredVersion = isObject ? { key: key!, object: object.value } : other!.value
    if (isObject) objects.next()
    else others.next()
    const isLatest = version.key !== before
    before = version.key
    stepOver(yield { ...version, isLatest })
  }
}

const sequenceOf = (version: StoredVersion | undefined) => (version ? sequenceOfVersion(version) : -1)

function objectsAfter(start: VersionStart | undefined): string {
  return start ? (start.isPrefix ? endOf(start.key) : start.key) : ''
}

function othersAfter(bucket: string, start: VersionStart | undefined): string {
  if (!start) return objectKey(bucket, '')
  const { key, isPrefix, sequence } = start
  if (isPrefix) return objectKey(bucket, escaped(endOf(key)))
  // Sequences are written in hexadecimal digits, which sort before this letter.
  return sequence === undefined ? `${versionsOfKey(bucket, key)}g` : versionKey(bucket, key, sequence)
}

function cursor<T>(store: Store, kind: string, prefix: string, after: string) {
  let rows: Row<T>[] = []
  let at = 0
  let last = after
  let done = false
  return {
    peek(): Row<T> | undefined {
      if (at === rows.length && !done) {
        rows = store.list<T>(kind, { prefix, after: last, limit: BATCH })
        at = 0
        done = rows.length < BATCH
        last = rows.at(-1)?.key ?? last
      }
      return rows[at]
    },
    next: () => void at++,
    jump(to: string) {
      while (at < rows.length && compareKeys(rows[at]!.key, to) <= 0) at++
      if (at === rows.length && compareKeys(to, last) > 0) last = to
    },
  }
}
