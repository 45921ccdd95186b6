import type { HttpRequest } from '../../src/wire/request.ts'

/** A request in the form of a browser's address bar: `GET b.localhost /key?acl`. Signed for `scope` where one is given. */
export function request(line: string, headers: Record<string, string> = {}, scope?: string): HttpRequest {
  const [method = 'GET', host = '127.0.0.1', target = '/'] = line.split(' ')
  const [path = '/', query = ''] = target.split('?')
  const all = {
    host,
    ...(scope && {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261101/us-east-1/${scope}/aws4_request, SignedHeaders=host, Signature=0`,
    }),
    ...headers,
  }
  const entries = Object.entries(all).map(([name, value]) => [name.toLowerCase(), value] as const)
  return { method, path, query, headers: new Map(entries), rawHeaders: entries.flat() }
}

export const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
