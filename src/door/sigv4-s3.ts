import type { HttpRequest } from '../wire/request.ts'
import type { Credential, FindCredential } from './credential.ts'
import { formatBasicDate, formatServerTime, parseBasicDate, parseHttpDate, tolerance } from './sigv4-date.ts'
import { canonicalObjectPath, firstValues, type Parameter } from './sigv4-encode.ts'
import * as words from './sigv4-s3-words.ts'
import {
  algorithm,
  canonicalRequest,
  headerNames,
  sameText,
  scopeText,
  sign,
  signingKey,
  stringToSign,
  terminator,
  type Scope,
  type SigningKey,
} from './sigv4.ts'

/**
 * Signature Version 4 as S3 takes it, in the Authorization header and in the query (Amazon S3 API Reference,
 * "Authenticating Requests"). The order of checks for the header is AWS's: clock, Region, key, signature, token
 * (facts: errors.md A3.3); inferred: unsigned headers are looked for just before the key.
 */

export interface S3Expected {
  /** What the scope's service may be; the first is named in messages. */
  signingNames: readonly string[]
  region: string
  /** Epoch milliseconds. */
  now: number
  find: FindCredential
}

/** The signature that chunk signatures go on from. */
export interface Seed {
  accessKeyId: string
  key: SigningKey
  timestamp: string
  scope: string
  signature: string
}

export interface S3Signed {
  credential: Credential
  /** Epoch milliseconds of the signature. */
  signedAt: number
  /** What the signature says of the body: a hex hash, `UNSIGNED-PAYLOAD`, or `STREAMING-…`. Absent with Signature Version 2. */
  payload?: string
  seed?: Seed
}

interface Claim {
  accessKeyId: string
  scope: Scope
  signedHeaders: readonly string[]
  signature: string
  /** Epoch milliseconds. */
  time: number
  token: string | undefined
  payload: string
}

const unsignedPayload = 'UNSIGNED-PAYLOAD'
const contentHash = 'x-amz-content-sha256'

export function verifyHeader(request: HttpRequest, parameters: readonly Parameter[], expected: S3Expected): S3Signed {
  const header = request.headers.get('authorization')!
  const parts = partsOf(header)
  const credential = parts.get('Credential')
  const names = parts.get('SignedHeaders')
  const signature = parts.get('Signature')
  if (!credential || !names || !signature) {
    throw words.malformedHeader(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    )
  }
  const fields = splitCredential(credential)
  if (!fields) {
    throw words.malformedHeader(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const date = request.headers.get('x-amz-date') ?? request.headers.get('date') ?? ''
  const time = parseBasicDate(date) ?? parseHttpDate(date)
  if (time === undefined) throw words.undated()
  const payload = request.headers.get(contentHash)
  if (payload === undefined) throw words.invalidRequest(`Missing required header for this request: ${contentHash}`)
  if (Math.abs(time - expected.now) > tolerance) throw words.tooSkewed(date, expected.now)
  const scope = checkScope(fields, time, expected, words.malformedHeader)
  return check(request, parameters, expected, {
    accessKeyId: fields.accessKeyId,
    scope,
    signedHeaders: headerNames(names),
    signature,
    time,
    token: request.headers.get('x-amz-security-token'),
    payload,
  })
}

const presignParts = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
]

/** True when the query carries any part of a Signature Version 4. */
export function isPresigned(query: ReadonlyMap<string, string>): boolean {
  return presignParts.some((name) => query.has(name))
}

export function verifyQuery(request: HttpRequest, parameters: readonly Parameter[], expected: S3Expected): S3Signed {
  const query = firstValues(parameters)
  const [name, credential, signature, date, names, expires] = presignParts.map((part) => query.get(part))
  if (!name || !credential || !signature || !date || !names || !expires) {
    throw words.malformedQuery(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    )
  }
  if (name !== algorithm) {
    throw words.malformedQuery(`X-Amz-Algorithm only supports "${algorithm} and AWS4-ECDSA-P256-SHA256"`)
  }
  const fields = splitCredential(credential)
  if (!fields) {
    throw words.malformedQuery(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const time = parseBasicDate(date)
  if (time === undefined) {
    throw words.malformedQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
  }
  checkLifetime(time, expires, expected.now)
  const scope = checkScope(fields, time, expected, (what, more) =>
    words.malformedQuery(`Error parsing the X-Amz-Credential parameter; ${what}`, more),
  )
  const signedHeaders = headerNames(names)
  const signedHash = signedHeaders.includes(contentHash) ? request.headers.get(contentHash) : undefined
  return check(request, parameters, expected, {
    accessKeyId: fields.accessKeyId,
    scope,
    signedHeaders,
    signature,
    time,
    token: query.get('X-Amz-Security-Token'),
    payload: query.get('X-Amz-Content-Sha256') ?? signedHash ?? unsignedPayload,
  })
}

const week = 604_800

function checkLifetime(time: number, expires: string, now: number): void {
  if (!/^[+-]?\d+$/.test(expires)) throw words.malformedQuery('X-Amz-Expires should be a number')
  const seconds = Number(expires)
  if (seconds < 0) throw words.malformedQuery('X-Amz-Expires must be non-negative')
  if (seconds > week) {
    throw words.malformedQuery(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  }
  // inferred: a URL from the future gets the same 15 minutes as a header.
  if (time > now + tolerance) {
    throw words.accessDenied('Request is not yet valid', {
      'X-Amz-Date': formatBasicDate(time),
      ServerTime: formatServerTime(now),
    })
  }
  const end = time + seconds * 1000
  if (end < now) {
    throw words.accessDenied('Request has expired', {
      'X-Amz-Expires': expires,
      Expires: formatServerTime(end),
      ServerTime: formatServerTime(now),
    })
  }
}

function partsOf(header: string): ReadonlyMap<string, string> {
  const pairs = header
    .slice(header.indexOf(' ') + 1)
    .split(',')
    .map((part) => /^\s*(\w+)=(\S*)\s*$/.exec(part))
  return new Map(pairs.filter((pair) => pair !== null).map((pair) => [pair[1]!, pair[2]!]))
}

interface CredentialFields extends Scope {
  accessKeyId: string
  end: string
}

function splitCredential(credential: string): CredentialFields | undefined {
  const parts = credential.split('/')
  if (parts.length !== 5 || parts.some((part) => part === '')) return undefined
  const [accessKeyId, date, region, service, end] = parts as [string, string, string, string, string]
  return { accessKeyId, date, region, service, end }
}

function checkScope(
  { date, region, service, end }: CredentialFields,
  time: number,
  expected: S3Expected,
  malformed: (what: string, fields?: Record<string, string>) => Error,
): Scope {
  const timestamp = formatBasicDate(time)
  if (date !== timestamp.slice(0, 8)) {
    throw malformed(
      `Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
    )
  }
  if (region !== expected.region) {
    throw malformed(`the region '${region}' is wrong; expecting '${expected.region}'`, { Region: expected.region })
  }
  if (!expected.signingNames.includes(service)) {
    throw malformed(`incorrect service "${service}". This endpoint belongs to "${expected.signingNames[0]}".`)
  }
  if (end !== terminator) throw malformed(`incorrect terminal "${end}". This endpoint uses "${terminator}".`)
  return { date, region, service }
}

/** From the key on, header and query are alike. */
function check(request: HttpRequest, parameters: readonly Parameter[], expected: S3Expected, claim: Claim): S3Signed {
  refuseUnsignedHeaders(request, claim.signedHeaders)
  const credential = expected.find(claim.accessKeyId)
  if (!isUsable(credential, claim.token)) throw words.unknownKey(claim.accessKeyId)

  const canonical = canonicalRequest(request, {
    path: canonicalObjectPath(request.path),
    parameters,
    signedHeaders: claim.signedHeaders,
    payload: claim.payload,
  })
  const timestamp = formatBasicDate(claim.time)
  const scope = scopeText(claim.scope)
  const text = stringToSign(timestamp, scope, canonical)
  const key = signingKey(credential.secretAccessKey, claim.scope)
  const signature = sign(key, text)
  if (!sameText(signature, claim.signature)) {
    throw words.mismatch({
      accessKeyId: claim.accessKeyId,
      signature: claim.signature,
      stringToSign: text,
      canonicalRequest: canonical,
    })
  }
  checkToken(credential, claim.token, expected.now)
  const seed = { accessKeyId: claim.accessKeyId, key, timestamp, scope, signature }
  return { credential, signedAt: claim.time, payload: claim.payload, seed }
}

/** inferred: a session key without its token is unknown to S3, as a key that was switched off is. */
export function isUsable(credential: Credential | undefined, token: string | undefined): credential is Credential {
  return credential !== undefined && credential.active && (credential.sessionToken === undefined || token !== undefined)
}

/** The token belongs to the key, and lives. S3 looks at it after the signature. */
export function checkToken(credential: Credential, token: string | undefined, now: number): void {
  if (!sameText(credential.sessionToken ?? '', token ?? '')) throw words.badToken(token ?? '')
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) throw words.expiredToken(token ?? '')
}

/** Host and every x-amz-* header mean something to S3, so they must be signed; the content hash is part of what is signed anyway. */
function refuseUnsignedHeaders(request: HttpRequest, signedHeaders: readonly string[]): void {
  const forgotten = [...request.headers.keys()].filter(
    (name) => (name === 'host' || (name.startsWith('x-amz-') && name !== contentHash)) && !signedHeaders.includes(name),
  )
  if (forgotten.length === 0) return
  throw words.accessDenied('There were headers present in the request which were not signed', {
    HeadersNotSigned: forgotten.join(', '),
  })
}
