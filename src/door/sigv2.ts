import { createHmac } from 'node:crypto'
import type { HttpRequest } from '../wire/request.ts'
import { firstValues, type Parameter } from './sigv4-encode.ts'
import { formatServerTime, parseHttpDate, tolerance } from './sigv4-date.ts'
import * as words from './sigv4-s3-words.ts'
import { checkToken, isUsable, type S3Expected, type S3Signed } from './sigv4-s3.ts'
import { sameText } from './sigv4.ts'

/**
 * Signature Version 2 for S3 (Amazon S3 User Guide, "Signing and authenticating REST requests"): boto3 and CLI v1 still
 * presign with it against a custom endpoint (facts: wire.md §8.3). The body is not covered but by Content-MD5.
 */

export interface V2Expected extends S3Expected {
  /** The bucket, when the host names it: then it is not in the path. */
  bucketFromHost?: string
}

/** Parameters that select another resource than the object itself, or override headers of the answer: these are signed. */
const subResources = new Set(
  `accelerate acl analytics attributes cors defaultObjectAcl delete encryption intelligent-tiering inventory legal-hold
  lifecycle location logging metrics notification object-lock ownershipControls partNumber policy policyStatus
  publicAccessBlock replication requestPayment restore retention select select-type storageClass tagging torrent uploadId
  uploads versionId versioning versions website response-cache-control response-content-disposition
  response-content-encoding response-content-language response-content-type response-expires`.split(/\s+/),
)

const queryParts = ['AWSAccessKeyId', 'Signature', 'Expires'] as const

/** True when the query carries any part of a Signature Version 2. */
export function isPresignedV2(query: ReadonlyMap<string, string>): boolean {
  return query.has('AWSAccessKeyId') || query.has('Signature')
}

/** `Authorization: AWS AKID:signature` */
export function verifyHeaderV2(request: HttpRequest, parameters: readonly Parameter[], expected: V2Expected): S3Signed {
  const header = request.headers.get('authorization')!
  const match = /^AWS ([^:\s]+):(\S+)$/.exec(header)
  if (!match) {
    throw words.invalidArgument('AWS authorization header is invalid.  Expected AwsAccessKeyId:signature', header)
  }
  const amzDate = request.headers.get('x-amz-date')
  const date = amzDate ?? request.headers.get('date') ?? ''
  const time = parseHttpDate(date)
  if (time === undefined) throw words.undated()
  if (Math.abs(time - expected.now) > tolerance) throw words.tooSkewed(date, expected.now)
  return check(request, parameters, expected, {
    accessKeyId: match[1]!,
    signature: match[2]!,
    // An x-amz-date is signed with the other x-amz- headers, and the line of the date stays empty.
    date: amzDate === undefined ? date : '',
    signedAt: time,
    headers: request.headers,
  })
}

/** `?AWSAccessKeyId=…&Signature=…&Expires=…`; headers that were signed travel in the query too, as botocore puts them there. */
export function verifyQueryV2(request: HttpRequest, parameters: readonly Parameter[], expected: V2Expected): S3Signed {
  const query = firstValues(parameters)
  const [accessKeyId, signature, expires] = queryParts.map((name) => query.get(name))
  if (!accessKeyId || !signature || !expires) {
    throw words.accessDenied(
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    )
  }
  if (!/^\d{1,12}$/.test(expires)) throw words.accessDenied(`Invalid date (should be seconds since epoch): ${expires}`)
  if (Number(expires) * 1000 < expected.now) {
    throw words.accessDenied('Request has expired', {
      Expires: formatServerTime(Number(expires) * 1000),
      ServerTime: formatServerTime(expected.now),
    })
  }
  // A header wins over its double in the query: it is what the operation will read, so it is what must be signed.
  const headers = new Map(request.headers)
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    const signed = lower.startsWith('x-amz-') || lower === 'content-type' || lower === 'content-md5'
    if (signed && !headers.has(lower)) headers.set(lower, value)
  }
  return check(request, parameters, expected, {
    accessKeyId,
    // Some clients leave the plus signs of base64 unescaped.
    signature: signature.replaceAll(' ', '+'),
    date: expires,
    signedAt: expected.now,
    headers,
  })
}

interface Claim {
  accessKeyId: string
  signature: string
  /** The line of the date: a date, an expiry in epoch seconds, or nothing. */
  date: string
  signedAt: number
  headers: ReadonlyMap<string, string>
}

function check(request: HttpRequest, parameters: readonly Parameter[], expected: V2Expected, claim: Claim): S3Signed {
  const { accessKeyId, signature, headers } = claim
  const credential = expected.find(accessKeyId)
  const token = headers.get('x-amz-security-token')
  if (!isUsable(credential, token)) throw words.unknownKey(accessKeyId)
  const text = stringToSignV2(request, parameters, claim, expected.bucketFromHost)
  const calculated = createHmac('sha1', credential.secretAccessKey).update(text, 'latin1').digest('base64')
  if (!sameText(calculated, signature)) throw words.mismatch({ accessKeyId, signature, stringToSign: text })
  checkToken(credential, token, expected.now)
  return { credential, signedAt: claim.signedAt }
}

function stringToSignV2(
  request: HttpRequest,
  parameters: readonly Parameter[],
  { date, headers }: Claim,
  bucketFromHost: string | undefined,
): string {
  const amzHeaders = [...headers]
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const selected = parameters
    .filter(([name]) => subResources.has(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  const path = bucketFromHost === undefined ? request.path : `/${bucketFromHost}${request.path}`
  return [
    request.method,
    headers.get('content-md5') ?? '',
    headers.get('content-type') ?? '',
    date,
    `${amzHeaders.join('')}${path}${selected.length > 0 ? `?${selected.join('&')}` : ''}`,
  ].join('\n')
}
