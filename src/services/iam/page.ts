import type { Row, Store } from '../../store/store.ts'
import { validationError } from './entities.ts'

export interface Paging {
  Marker?: string
  MaxItems?: number
}

export interface Page<T> {
  items: T[]
  IsTruncated: boolean
  Marker?: string
}

/**
 * One page of a list that is in order of its keys. A marker is the key of the last item that was handed out, so a page
 * goes on where the last one ended, whatever was created or deleted in between. IAM gives 100 items unless told.
 */
export function page<T>(items: Iterable<T>, key: (item: T) => string, { Marker, MaxItems = 100 }: Paging): Page<T> {
  const after = Marker === undefined ? undefined : fromMarker(Marker)
  const found: T[] = []
  for (const item of items) {
    if (after !== undefined && key(item) <= after) continue
    if (found.length === MaxItems) return { items: found, IsTruncated: true, Marker: toMarker(key(found.at(-1)!)) }
    found.push(item)
  }
  return { items: found, IsTruncated: false }
}

/** A list whose items are their own keys, in order of appearance otherwise. */
export function pageOf<T>(items: readonly T[], paging: Paging): Page<T> {
  const numbered = items.map((item, index) => ({ item, key: String(index).padStart(6, '0') }))
  const { items: found, ...rest } = page(numbered, ({ key }) => key, paging)
  return { items: found.map(({ item }) => item), ...rest }
}

/** Stored documents of one account under a path prefix. */
export function storedPage<T extends { path: string; name: string }>(
  store: Store,
  kind: string,
  account: string,
  { PathPrefix = '/', ...paging }: Paging & { PathPrefix?: string },
): Page<T> {
  const rows = store.list<T>(kind, { prefix: `${account}/` }).filter(({ value }) => value.path.startsWith(PathPrefix))
  const { items, ...rest } = page<Row<T>>(rows, ({ key }) => key, paging)
  return { items: items.map(({ value }) => value), ...rest }
}

function toMarker(key: string): string {
  return Buffer.from(key).toString('base64')
}

function fromMarker(marker: string): string {
  const key = Buffer.from(marker, 'base64').toString()
  // A marker that we did not hand out is refused, never read as "from the start".
  if (toMarker(key) !== marker) throw validationError('Invalid Marker.')
  return key
}
