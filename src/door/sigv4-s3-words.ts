import { AwsError } from '../wire/aws-error.ts'
import { formatServerTime, tolerance } from './sigv4-date.ts'

/** S3's own refusals (facts: errors.md A3.3; texts as S3 prints them). */

/** Something about the Authorization header itself. */
export const invalidArgument = (what: string, header: string): AwsError =>
  new AwsError('InvalidArgument', what, 400, { ArgumentName: 'Authorization', ArgumentValue: header })

export const malformedHeader = (what: string, fields: Record<string, string> = {}): AwsError =>
  new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}`, 400, fields)

export const malformedQuery = (what: string, fields: Record<string, string> = {}): AwsError =>
  new AwsError('AuthorizationQueryParametersError', what, 400, fields)

export const accessDenied = (what: string, fields: Record<string, string> = {}): AwsError =>
  new AwsError('AccessDenied', what, 403, fields)

export const invalidRequest = (what: string): AwsError => new AwsError('InvalidRequest', what, 400)

export const undated = (): AwsError => accessDenied('AWS authentication requires a valid Date or x-amz-date header')

/** `given` is the time as the client wrote it. */
export const tooSkewed = (given: string, now: number): AwsError =>
  new AwsError(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    403,
    {
      RequestTime: given,
      ServerTime: formatServerTime(now),
      MaxAllowedSkewMilliseconds: String(tolerance),
    },
  )

export const unknownKey = (accessKeyId: string): AwsError =>
  new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403, {
    AWSAccessKeyId: accessKeyId,
  })

/** What was signed and what should have been, so that a client's author can find the difference. */
export const mismatch = (given: {
  accessKeyId: string
  signature: string
  stringToSign: string
  canonicalRequest?: string
}): AwsError =>
  new AwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    403,
    {
      AWSAccessKeyId: given.accessKeyId,
      StringToSign: given.stringToSign,
      SignatureProvided: given.signature,
      StringToSignBytes: hexBytes(given.stringToSign),
      ...(given.canonicalRequest === undefined
        ? {}
        : { CanonicalRequest: given.canonicalRequest, CanonicalRequestBytes: hexBytes(given.canonicalRequest) }),
    },
  )

function hexBytes(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

export const badToken = (token: string): AwsError =>
  new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400, { 'Token-0': token })

export const expiredToken = (token: string): AwsError =>
  new AwsError('ExpiredToken', 'The provided token has expired.', 400, { 'Token-0': token })
