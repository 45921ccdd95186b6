import { AwsError } from '../../wire/aws-error.ts'

/** One page of a list that is already in order; the token says how far it went. */
export function page<T>(
  all: readonly T[],
  input: { NextToken?: string | undefined; MaxResults?: number | undefined },
  defaultSize: number,
): { items: T[]; next?: string } {
  const start = input.NextToken === undefined ? 0 : offsetOf(input.NextToken)
  const end = start + (input.MaxResults ?? defaultSize)
  const items = all.slice(start, end)
  return end < all.length ? { items, next: Buffer.from(`after:${end}`).toString('base64') } : { items }
}

function offsetOf(token: string): number {
  const match = /^after:(\d+)$/.exec(Buffer.from(token, 'base64').toString('latin1'))
  if (!match) throw new AwsError('ValidationException', 'Invalid NextToken.') // inferred: sentence
  return Number(match[1])
}
