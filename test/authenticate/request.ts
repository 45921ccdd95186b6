import { hash } from 'node:crypto'
import { authenticate, type Authenticated, type AuthenticateOptions } from '../../src/door/authenticate.ts'
import type { Credential, FindCredential } from '../../src/door/credential.ts'
import type { HttpRequest } from '../../src/wire/request.ts'

/** A request as a corpus file holds it: text, not bytes. */
export interface PlainRequest {
  method: string
  path: string
  query: string
  headers: [name: string, value: string][]
  body: string
}

/** Text as node:http would give it: one character a byte. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

export function httpRequest(plain: PlainRequest): HttpRequest {
  const headers = new Map<string, string>()
  for (const [name, text] of plain.headers) {
    const value = bytes(text).trim()
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : `${before},${value}`)
  }
  const rawHeaders = plain.headers.flatMap(([name, value]) => [name, bytes(value)])
  return { method: plain.method, path: bytes(plain.path), query: bytes(plain.query), headers, rawHeaders }
}

export const someone: Credential['caller'] = {
  kind: 'user',
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/someone',
  principalArn: 'arn:aws:iam::123456789012:user/someone',
  userId: 'AIDAEXAMPLE',
  tags: {},
}

export function findIn(credentials: Partial<Credential>[]): FindCredential {
  return (accessKeyId) => {
    const found = credentials.find((credential) => credential.accessKeyId === accessKeyId)
    return found && { accessKeyId, secretAccessKey: '', caller: someone, active: true, ...found }
  }
}

/** Authenticates a plain request whose body was read whole. */
export function check(plain: PlainRequest, options: Omit<AuthenticateOptions, 'bodySha256'>): Authenticated {
  return authenticate(httpRequest(plain), { ...options, bodySha256: hash('sha256', plain.body) })
}

export async function* streamOf(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string)
}

export async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
