import { invalidToken } from './errors.ts'

/**
 * One page of a list that is in order of `mark`, or in the reverse of it. The token is the mark of the last item that was
 * shown, so pages stay whole while entries come and go.
 */
export function page<T>(
  items: readonly T[],
  mark: (item: T) => string,
  { nextToken, limit, descending = false }: { nextToken: string | undefined; limit: number; descending?: boolean },
): { items: T[]; NextToken?: string } {
  const sign = descending ? -1 : 1
  const sorted = items.toSorted((a, b) => sign * compare(mark(a), mark(b)))
  const after = nextToken === undefined ? undefined : decode(nextToken)
  const rest = after === undefined ? sorted : sorted.filter((item) => sign * compare(mark(item), after) > 0)
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown, ...(last !== undefined && rest.length > limit && { NextToken: encode(mark(last)) }) }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const encode = (mark: string) => Buffer.from(`1:${mark}`).toString('base64url')

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (!text.startsWith('1:') || encode(text.slice(2)) !== token) throw invalidToken()
  return text.slice(2)
}
