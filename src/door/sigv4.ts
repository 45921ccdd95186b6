import { hash, timingSafeEqual } from 'node:crypto'
import type { HttpRequest } from '../wire/request.ts'
import { canonicalQuery, type Parameter } from './sigv4-encode.ts'

/** AWS Signature Version 4, the arithmetic of it (IAM User Guide, "Create a signed AWS API request"). */

export const algorithm = 'AWS4-HMAC-SHA256'
export const terminator = 'aws4_request'
export const emptySha256 = hash('sha256', '')

/** Where and when a signing key is good: `20150830/us-east-1/iam/aws4_request`. */
export interface Scope {
  /** YYYYMMDD */
  readonly date: string
  readonly region: string
  readonly service: string
}

export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/${terminator}`
}

/**
 * The request in its canonical form. `path` is canonical already (services differ, see sigv4-encode.ts);
 * `signedHeaders` are lower-case and sorted. A signed header that did not come counts as empty;
 * one that came several times is joined by commas, which `headers` has done, in the order of the wire.
 */
export function canonicalRequest(
  request: HttpRequest,
  parts: { path: string; parameters: readonly Parameter[]; signedHeaders: readonly string[]; payload: string },
): string {
  const { path, parameters, signedHeaders, payload } = parts
  let headers = ''
  for (const name of signedHeaders) headers += `${name}:${trimmed(request.headers.get(name) ?? '')}\n`
  const query = parameters.length === 0 ? '' : canonicalQuery(parameters)
  return `${request.method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${payload}`
}

/** `SignedHeaders` as the canonical request wants them: lower-case and sorted, as every signer sends them already. */
export function headerNames(list: string): readonly string[] {
  const names = list.toLowerCase().split(';')
  return names.every((name, at) => at === 0 || names[at - 1]! <= name) ? names : names.sort()
}

/** Spaces around are dropped, runs of them become one. Only ASCII ones: other bytes are the client's. */
function trimmed(value: string): string {
  return /^[ \t]|[ \t]$|\t|  /.test(value) ? value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '') : value
}

export function stringToSign(timestamp: string, scope: string, canonical: string): string {
  return `${algorithm}\n${timestamp}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'))}`
}

/**
 * A key made ready for HMAC-SHA256 (RFC 2104): its two padded blocks, which are all of it that the arithmetic uses;
 * behind the outer one is room for the inner hash. Two one-shot hashes take half the time of an Hmac object.
 */
export interface SigningKey {
  readonly inner: Buffer
  readonly outer: Buffer
}

const blockBytes = 64
const hashBytes = 32

function padded(key: Uint8Array): SigningKey {
  const [inner, outer] = [Buffer.alloc(blockBytes, 0x36), Buffer.alloc(blockBytes + hashBytes, 0x5c)]
  const short = key.length > blockBytes ? hash('sha256', key, 'buffer') : key
  for (const [at, byte] of short.entries()) {
    inner[at]! ^= byte
    outer[at]! ^= byte
  }
  return { inner, outer }
}

function hmac({ inner, outer }: SigningKey, text: string, encoding: 'hex' | 'binary'): string {
  outer.write(hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'binary'), blockBytes, 'latin1')
  return hash('sha256', outer, encoding)
}

/** Hex signature of a string to sign. */
export function sign(key: SigningKey, text: string): string {
  return hmac(key, text, 'hex')
}

/** Compares in constant time. */
export function sameText(calculated: string, given: string): boolean {
  const a = Buffer.from(calculated)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}

const signingKeysMax = 1000
const signingKeys = new Map<string, SigningKey>()

/** The key derived for one day, region and service, from a bounded cache of the most recently used. */
export function signingKey(secretAccessKey: string, scope: Scope): SigningKey {
  const name = `${scope.date}/${scope.region}/${scope.service}/${secretAccessKey}`
  const known = signingKeys.get(name)
  const key = known ?? derive(secretAccessKey, scope)
  if (known) signingKeys.delete(name)
  else if (signingKeys.size >= signingKeysMax) signingKeys.delete(signingKeys.keys().next().value!)
  signingKeys.set(name, key)
  return key
}

function derive(secretAccessKey: string, { date, region, service }: Scope): SigningKey {
  const steps = [date, region, service, terminator]
  const first = padded(Buffer.from(`AWS4${secretAccessKey}`))
  return steps.reduce((key, step) => padded(Buffer.from(hmac(key, step, 'binary'), 'latin1')), first)
}
