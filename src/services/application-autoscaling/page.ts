import { invalid, invalidToken } from './errors.ts'

const PAGE_MAX = 50

/** One page of rows in order of their keys; the token is the last key that was shown. */
export function page<T extends { key: string }>(
  rows: readonly T[],
  { MaxResults = PAGE_MAX, NextToken }: { MaxResults?: number; NextToken?: string },
): { rows: T[]; NextToken?: string } {
  if (MaxResults < 1) throw invalid('MaxResults must be at least 1.') // inferred: sentence
  const limit = Math.min(MaxResults, PAGE_MAX)
  const after = NextToken === undefined ? undefined : decode(NextToken)
  const rest = after === undefined ? rows : rows.filter(({ key }) => key > after)
  const shown = rest.slice(0, limit)
  return { rows: shown, ...(rest.length > limit && { NextToken: encode(shown.at(-1)!.key) }) }
}

const encode = (key: string) => Buffer.from(`1:${key}`).toString('base64url')

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (!text.startsWith('1:') || encode(text.slice(2)) !== token) throw invalidToken()
  return text.slice(2)
}
