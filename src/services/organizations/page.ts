import { invalidInput } from './errors.ts'

/** Items that one answer has at most (AWS Organizations API reference: MaxResults is 1 to 20). */
const PAGE_MAX = 20

/**
 * One page of a list in the order of its keys. A token is the key of the last item handed out, so a page goes on where
 * the one before ended, whatever came and went in between.
 */
export function page<T>(
  items: readonly T[],
  key: (item: T) => string,
  { NextToken, MaxResults = PAGE_MAX }: { NextToken?: string | undefined; MaxResults?: number | undefined },
): { items: T[]; NextToken?: string } {
  const after = NextToken === undefined ? undefined : fromToken(NextToken)
  const rest = after === undefined ? items : items.filter((item) => key(item) > after)
  const shown = rest.slice(0, MaxResults)
  const last = shown.at(-1)
  return {
    items: shown,
    ...(last !== undefined && rest.length > shown.length && { NextToken: toToken(key(last)) }),
  }
}

const toToken = (key: string): string => Buffer.from(key).toString('base64')

function fromToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString()
  // inferred: the sentence.
  if (toToken(key) !== token) throw invalidInput('INVALID_NEXT_TOKEN', 'You specified an invalid NextToken.')
  return key
}
