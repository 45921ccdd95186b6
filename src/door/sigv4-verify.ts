import type { HttpRequest } from '../wire/request.ts'
import type { Credential, FindCredential } from './credential.ts'
import { formatBasicDate, parseBasicDate, parseHttpDate, tolerance } from './sigv4-date.ts'
import { canonicalPath, firstValues, parseQuery, type Parameter } from './sigv4-encode.ts'
import { mismatch, refusal, type Dialect, type Refusal } from './sigv4-words.ts'
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
} from './sigv4.ts'

/**
 * Signature Version 4 for every service but S3. The checks and their order are those of AWS's common front end
 * (facts: errors.md A3.1); IAM and STS look at the session token before the signature, the others after it.
 */

export interface Expected {
  dialect: Dialect
  /** What the scope's service may be; the first is named in messages. */
  signingNames: readonly string[]
  region: string
  /** Epoch milliseconds. */
  now: number
  find: FindCredential
  /** Hex SHA-256 of the body. */
  bodySha256: string
}

/** What a request says of its own signature. */
interface Claim {
  algorithm: string
  /** `keyid/date/region/service/term` */
  credential: string
  signedHeaders: string
  signature: string
  /** As it came: X-Amz-Date, or the Date header. */
  date: string
  token: string | undefined
}

type Refuse = (why: Refusal, message?: string) => never

/** Returns the credential that signed the request, or throws AWS's refusal. */
export function verify(request: HttpRequest, expected: Expected): Credential {
  const refuse: Refuse = (why, message) => {
    throw refusal(expected.dialect, why, message)
  }
  const parameters = parseQuery(request.query)
  const claim = claimOf(request, parameters, refuse)
  const timestamp = timely(claim.date, expected.now, refuse)
  const signedHeaders = headerNames(claim.signedHeaders)
  if (!signedHeaders.includes('host')) {
    refuse('unscoped', "'Host' must be a 'SignedHeader' in the AWS Authorization.")
  }
  if (claim.algorithm !== algorithm) {
    refuse('incomplete', `Unsupported AWS 'algorithm': '${claim.algorithm}' (only ${algorithm} for now). `)
  }
  const [accessKeyId, scope] = scopeOf(claim.credential, timestamp, expected, refuse)

  const credential = expected.find(accessKeyId)
  if (!credential?.active) return refuse('unknown-key')
  const tokenFirst = expected.dialect === 'query' || expected.dialect === 'ec2'
  if (tokenFirst) checkToken(credential, claim.token, expected.now, refuse)

  const canonical = canonicalRequest(request, {
    path: canonicalPath(request.path),
    parameters,
    signedHeaders,
    payload: expected.bodySha256,
  })
  const text = stringToSign(timestamp, scopeText(scope), canonical)
  const calculated = sign(signingKey(credential.secretAccessKey, scope), text)
  if (!sameText(calculated, claim.signature)) refuse('mismatch', `${mismatch}${worked(canonical, text)}`)

  if (!tokenFirst) checkToken(credential, claim.token, expected.now, refuse)
  return credential
}

function worked(canonical: string, text: string): string {
  return `\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${text}'\n`
}

function claimOf(request: HttpRequest, parameters: readonly Parameter[], refuse: Refuse): Claim {
  const header = request.headers.get('authorization')
  if (parameters.some(([name]) => name === 'X-Amz-Algorithm')) {
    if (header === undefined) return claimOfQuery(firstValues(parameters), refuse)
    refuse('mechanisms', "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
  }
  if (!header?.startsWith('AWS4-')) return refuse('unsigned')
  return claimOfHeader(header, request, refuse)
}

const queryParts = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']

/**
 * A presigned request. inferred: X-Amz-Expires does not change the 15 minutes that a signature lives
 * (tokens for EKS are presigned with 60 seconds and honoured for fifteen minutes).
 */
function claimOfQuery(query: ReadonlyMap<string, string>, refuse: Refuse): Claim {
  const missing = queryParts.filter((name) => !query.get(name))
  if (missing.length > 0) {
    const complaints = missing.map((name) => `AWS query-string parameters must include '${name}'. `)
    refuse('incomplete', `${complaints.join('')}Re-examine the query-string parameters.`)
  }
  const [name, credential, signature, signedHeaders, date] = queryParts.map((part) => query.get(part)!)
  return {
    algorithm: name!,
    credential: credential!,
    signature: signature!,
    signedHeaders: signedHeaders!,
    date: date!,
    token: query.get('X-Amz-Security-Token'),
  }
}

function claimOfHeader(header: string, request: HttpRequest, refuse: Refuse): Claim {
  const space = header.indexOf(' ')
  const name = space < 0 ? header : header.slice(0, space)
  const parts = new Map<string, string>()
  for (const text of space < 0 ? [] : header.slice(space + 1).split(',')) {
    const pair = text.trim()
    const mark = pair.indexOf('=')
    if (mark < 0) {
      refuse(
        'incomplete',
        `'${pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
      )
    }
    const part = pair.slice(0, mark)
    // inferred: the sentence; a second Authorization header, joined to the first, ends here too.
    if (parts.has(part))
      refuse('incomplete', `Authorization header has more than one '${part}' parameter. Authorization=${header}`)
    parts.set(part, pair.slice(mark + 1))
  }
  const date = request.headers.get('x-amz-date') ?? request.headers.get('date')
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((part) => !parts.get(part))
  if (missing.length > 0 || !date) {
    const complaints = missing.map((part) => `Authorization header requires '${part}' parameter. `)
    if (!date) {
      complaints.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
    }
    return refuse('incomplete', `${complaints.join('')}Authorization=${header}`)
  }
  return {
    algorithm: name,
    credential: parts.get('Credential')!,
    signature: parts.get('Signature')!,
    signedHeaders: parts.get('SignedHeaders')!,
    date,
    token: request.headers.get('x-amz-security-token'),
  }
}

/** The signing time in basic form, if the clocks agree within 15 minutes. */
function timely(date: string, now: number, refuse: Refuse): string {
  const basic = parseBasicDate(date)
  const time = basic ?? parseHttpDate(date)
  if (time === undefined) {
    return refuse(
      'incomplete',
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  }
  const signed = basic === undefined ? formatBasicDate(time) : date
  if (time < now - tolerance) {
    const [server, limit] = [formatBasicDate(now), formatBasicDate(now - tolerance)]
    refuse('skewed', `Signature expired: ${signed} is now earlier than ${limit} (${server} - 15 min.)`)
  }
  if (time > now + tolerance) {
    const [server, limit] = [formatBasicDate(now), formatBasicDate(now + tolerance)]
    refuse('skewed', `Signature not yet current: ${signed} is still later than ${limit} (${server} + 15 min.)`)
  }
  return signed
}

function scopeOf(
  credential: string,
  timestamp: string,
  { dialect, region, signingNames }: Expected,
  refuse: Refuse,
): [accessKeyId: string, scope: { date: string; region: string; service: string }] {
  const parts = credential.replace(/\/+$/, '').split('/')
  if (parts.length !== 5) {
    refuse(
      'incomplete',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
  const [accessKeyId, date, inRegion, service, end] = parts as [string, string, string, string, string]
  let complaints = ''
  if (inRegion !== region) {
    // IAM and STS print the shorter text (facts: errors.md A3.2).
    complaints += `Credential should be scoped to a valid region${dialect === 'query' ? '' : `, not '${inRegion}'`}. `
  }
  if (!signingNames.includes(service)) {
    complaints += `Credential should be scoped to correct service: '${signingNames[0]}'. `
  }
  if (end !== terminator) {
    complaints += `Credential should be scoped with a valid terminator: '${terminator}', not '${end}'. `
  }
  const day = timestamp.slice(0, 8)
  if (date !== day) {
    complaints += `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timestamp}'.`
  }
  if (complaints !== '') refuse('unscoped', complaints)
  return [accessKeyId, { date, region: inRegion, service }]
}

/** A session key goes with its one token, a long-term key with none. inferred: without its token a session key is unknown. */
function checkToken(credential: Credential, token: string | undefined, now: number, refuse: Refuse): void {
  if (credential.sessionToken === undefined && token === undefined) return
  if (credential.sessionToken !== undefined && token === undefined) refuse('unknown-key')
  if (!sameText(credential.sessionToken ?? '', token ?? '')) refuse('bad-token')
  if (credential.expiresAt !== undefined && credential.expiresAt <= now) refuse('expired-token')
}
