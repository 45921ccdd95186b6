import type { HttpRequest } from '../wire/request.ts'
import { checkedBody } from './checksum-body.ts'
import type { Credential, FindCredential } from './credential.ts'
import { isPresignedV2, verifyHeaderV2, verifyQueryV2, type V2Expected } from './sigv2.ts'
import { firstValues, parseQuery, type Parameter } from './sigv4-encode.ts'
import { invalidArgument } from './sigv4-s3-words.ts'
import { isPresigned, verifyHeader, verifyQuery, type S3Signed } from './sigv4-s3.ts'
import { verify } from './sigv4-verify.ts'
import type { Dialect } from './sigv4-words.ts'
import { algorithm } from './sigv4.ts'

export interface AuthenticateOptions {
  style: Dialect | 's3'
  /** What the credential scope's service may be; the first is named in messages. */
  signingNames: readonly string[]
  region: string
  /** Epoch milliseconds. */
  now: number
  find: FindCredential
  /** Hex hash of the buffered body; undefined when it streams, which only S3's do. */
  bodySha256: string | undefined
  /** S3: the bucket, when the host names it. */
  bucketFromHost?: string
}

export interface Authenticated {
  /** Absent for an anonymous request, which only S3 takes. */
  credential?: Credential
  /** Passes the body on, without aws-chunked framing; throws AwsError where it is not what was signed or promised. */
  body: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
  /** Content length without framing, where the client told it. */
  decodedLength?: number
  /** S3: checksums by algorithm (`CRC32`…), base64; complete once the body has been read. */
  checksums: Record<string, string>
  /** S3: how the request was signed, for the condition keys s3:authType, s3:signatureversion and s3:signatureAge. */
  signature?: {
    authType: 'REST-HEADER' | 'REST-QUERY-STRING' | 'POST'
    version: 'AWS4-HMAC-SHA256' | 'AWS'
    ageMs: number
    /** What it says of the body (s3:x-amz-content-sha256); absent with version 2. */
    payload?: string
  }
}

/**
 * Stage 2: whose signature is this? Every call with credentials passes here; no key skips the check.
 * Throws AWS's refusal in the words and order of the service's family (facts: errors.md A3).
 */
export function authenticate(request: HttpRequest, options: AuthenticateOptions): Authenticated {
  const { style, bodySha256 } = options
  if (style === 's3') return authenticateS3(request, options)
  if (bodySha256 === undefined)
    throw new TypeError(`the body of a ${style} request must be read before its signature can be checked`)
  const credential = verify(request, { ...options, dialect: style, bodySha256 })
  return { credential, body: (source) => source, checksums: {} }
}

type Mechanism = (request: HttpRequest, parameters: readonly Parameter[], expected: V2Expected) => S3Signed

function authenticateS3(request: HttpRequest, options: AuthenticateOptions): Authenticated {
  const parameters = parseQuery(request.query)
  const mechanism = mechanismOf(request, parameters)
  const signed = mechanism?.(request, parameters, options)
  const { body, checksums, decodedLength } = checkedBody(request, parameters, {
    payload: signed?.payload,
    seed: signed?.seed,
  })
  return {
    body,
    checksums,
    ...(decodedLength === undefined ? {} : { decodedLength }),
    ...(signed && mechanism
      ? {
          credential: signed.credential,
          signature: {
            authType: mechanism === verifyHeader || mechanism === verifyHeaderV2 ? 'REST-HEADER' : 'REST-QUERY-STRING',
            version: mechanism === verifyHeader || mechanism === verifyQuery ? algorithm : 'AWS',
            ageMs: Math.max(0, options.now - signed.signedAt),
            ...(signed.payload === undefined ? {} : { payload: signed.payload }),
          },
        }
      : {}),
  }
}

/** Which of S3's four ways the request is signed; undefined when it is not. Two at once are refused. */
function mechanismOf(request: HttpRequest, parameters: readonly Parameter[]): Mechanism | undefined {
  const header = request.headers.get('authorization')
  const query = firstValues(parameters)
  const presigned = isPresigned(query)
  const presignedV2 = isPresignedV2(query)
  if (Number(header !== undefined) + Number(presigned) + Number(presignedV2) > 1) {
    throw invalidArgument(
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      header ?? '',
    )
  }
  if (presigned) return verifyQuery
  if (presignedV2) return verifyQueryV2
  if (header === undefined) return undefined
  if (header.startsWith(`${algorithm} `)) return verifyHeader
  if (header.startsWith('AWS ')) return verifyHeaderV2
  throw invalidArgument('Unsupported Authorization Type', header)
}

/** What to tell somebody who came with the key that emulators take: an addition to AWS's answer, never a way in. */
export function credentialHint(request: HttpRequest): string | undefined {
  const header = request.headers.get('authorization') ?? ''
  const usesTest =
    /(?:Credential=|^AWS )test[/:]/.test(header) ||
    /(?:X-Amz-Credential=test(?:%2F|\/)|AWSAccessKeyId=test(?:&|$))/i.test(request.query)
  return usesTest
    ? 'The access key `test` opens nothing here: eval "$(./sallyport env)" gives you credentials that do.'
    : undefined
}
