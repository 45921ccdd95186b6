import { invalidParameter } from './errors.ts'

/** ECR's page size where the caller names none. */
const PAGE_DEFAULT = 100

/**
 * One page of a sorted list. `keyOf` must grow along the list; the token is the last key of the page before,
 * so that pages stay whole while entries come and go.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  input: { nextToken?: string; maxResults?: number },
): { items: T[]; nextToken?: string } {
  const after = input.nextToken === undefined ? undefined : decode(input.nextToken)
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after)
  const shown = rest.slice(0, input.maxResults ?? PAGE_DEFAULT)
  const last = shown.at(-1)
  return {
    items: shown,
    ...(last !== undefined && rest.length > shown.length && { nextToken: encode(keyOf(last)) }),
  }
}

const encode = (key: string) => Buffer.from(`1:${key}`).toString('base64url')

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (!text.startsWith('1:') || encode(text.slice(2)) !== token) throw invalidParameter('nextToken', 'Invalid token')
  return text.slice(2)
}
