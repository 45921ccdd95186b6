import { AwsError } from '../../wire/aws-error.ts'

/**
 * One page of a sorted list. `keyOf` must grow along the list; the marker is the last key of the page before, so that pages
 * stay whole while entries come and go. `initial` is the operation's page size where the caller names none.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { Marker, Limit }: { Marker?: string; Limit?: number },
  initial: number,
): { items: T[]; more: { Truncated: boolean; NextMarker?: string } } {
  const after = Marker === undefined ? undefined : decode(Marker)
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after)
  const shown = rest.slice(0, Limit ?? initial)
  const last = shown.at(-1)
  const truncated = last !== undefined && rest.length > shown.length
  return { items: shown, more: { Truncated: truncated, ...(truncated && { NextMarker: encode(keyOf(last)) }) } }
}

const encode = (key: string) => Buffer.from(`1:${key}`).toString('base64url')

function decode(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString()
  // inferred: the sentence.
  if (!text.startsWith('1:') || encode(text.slice(2)) !== marker)
    throw new AwsError('InvalidMarkerException', 'Could not deserialize marker')
  return text.slice(2)
}
