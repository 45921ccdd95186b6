import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto'
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

/** Spaces around are dropped, runs of them become one. Only ASCII ones: other bytes are the client's. */
function trimmed(value: string): string {
  return /^[ \t]|[ \t]$|\t|  /.test(value) ? value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '') : value
}

export function stringToSign(timestamp: string, scope: string, canonical: string): string {
  return `${algorithm}\n${timestamp}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'))}`
}

/** Hex signature of a string to sign. */
export function sign(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Compares in constant time. */
export function sameText(calculated: string, given: string): boolean {
  const a = Buffer.from(calculated)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}

const signingKeysMax = 1000
const signingKeys = new Map<string, KeyObject>()

/**
 * The key derived for one day, region and service, from a bounded cache of the most recently used.
 * Kept as KeyObject: on Node 24 an HMAC with a raw key costs six times as much (facts: wire.md §4).
 */
export function signingKey(secretAccessKey: string, scope: Scope): KeyObject {
  const name = `${scope.date}/${scope.region}/${scope.service}/${secretAccessKey}`
  const known = signingKeys.get(name)
  const key = known ?? derive(secretAccessKey, scope)
  if (known) signingKeys.delete(name)
  else if (signingKeys.size >= signingKeysMax) signingKeys.delete(signingKeys.keys().next().value!)
  signingKeys.set(name, key)
  return key
}

function derive(secretAccessKey: string, { date, region, service }: Scope): KeyObject {
  const steps = [date, region, service, terminator]
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`)
  for (const step of steps) key = createHmac('sha256', key).update(step).digest()
  return createSecretKey(key)
}
