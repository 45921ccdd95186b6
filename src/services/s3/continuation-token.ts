import { invalidArgument } from './errors.ts'

/** Where a page ended: after a key, or after everything that begins with a common prefix. */
export interface PageEnd {
  last: string
  isPrefix: boolean
}

/** Opaque to clients. */
export function toToken({ last, isPrefix }: PageEnd): string {
  return Buffer.from((isPrefix ? 'p' : 'k') + last).toString('base64')
}

/** Throws InvalidArgument on what `toToken` did not make. */
export function fromToken(token: string): PageEnd {
  const text = Buffer.from(token, 'base64').toString('utf8')
  const end = { last: text.slice(1), isPrefix: text.startsWith('p') }
  if (!/^[kp]/.test(text) || toToken(end) !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  }
  return end
}
