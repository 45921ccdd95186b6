import { AwsError } from '../wire/aws-error.ts'

/** The protocols' families of answers to a bad signature; S3's are in sigv4-s3.ts. */
export type Dialect = 'json' | 'rest-json' | 'query' | 'ec2'

/** Why a signature is refused. */
export type Refusal =
  | 'unsigned'
  | 'incomplete'
  | 'mechanisms'
  | 'skewed'
  | 'unscoped'
  | 'unknown-key'
  | 'mismatch'
  | 'bad-token'
  | 'expired-token'

/** Code, HTTP status, and AWS's sentence where it is always the same. */
type Words = readonly [code: string, status: number, message?: string]

export const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const unsigned = 'Request is missing Authentication Token'
const badToken = 'The security token included in the request is invalid'
const expiredToken = 'The security token included in the request is expired'

/** facts: errors.md A3.1. The period after "invalid" is there for an unknown key and missing for a bad token, as on AWS. */
const json = {
  unsigned: ['MissingAuthenticationTokenException', 400, unsigned],
  incomplete: ['IncompleteSignatureException', 400],
  mechanisms: ['InvalidSignatureException', 400],
  skewed: ['InvalidSignatureException', 400],
  unscoped: ['InvalidSignatureException', 400],
  'unknown-key': ['UnrecognizedClientException', 400, `${badToken}.`],
  mismatch: ['InvalidSignatureException', 400],
  'bad-token': ['UnrecognizedClientException', 400, badToken],
  'expired-token': ['ExpiredTokenException', 400, expiredToken],
} satisfies Record<Refusal, Words>

/** inferred: REST services answer with the same words and 403, as API Gateway and Lambda do. */
const restJson = Object.fromEntries(
  Object.entries(json).map(([refusal, [code, , message]]) => [refusal, [code, 403, message]]),
) as unknown as Record<Refusal, Words>

/** facts: errors.md A3.2, IAM and STS. inferred: the code for two mechanisms. */
const query: Record<Refusal, Words> = {
  unsigned: ['MissingAuthenticationToken', 403, unsigned],
  incomplete: ['IncompleteSignature', 400],
  mechanisms: ['SignatureDoesNotMatch', 403],
  skewed: ['SignatureDoesNotMatch', 403],
  unscoped: ['SignatureDoesNotMatch', 403],
  'unknown-key': ['InvalidClientTokenId', 403, `${badToken}.`],
  mismatch: ['SignatureDoesNotMatch', 403, mismatch],
  'bad-token': ['InvalidClientTokenId', 403, `${badToken}.`],
  'expired-token': ['ExpiredToken', 403, expiredToken],
}

const notValidated = 'AWS was not able to validate the provided access credentials'

/**
 * facts: errors.md A3.2, EC2: whatever is wrong with the credentials has one answer. The unsigned one was seen live.
 * inferred: scope and mechanisms are among those.
 */
const ec2: Record<Refusal, Words> = {
  unsigned: ['MissingParameter', 400, 'The request must contain the parameter AWSAccessKeyId'],
  incomplete: ['IncompleteSignature', 400],
  mechanisms: ['AuthFailure', 401, notValidated],
  skewed: ['RequestExpired', 400, 'Request has expired.'],
  unscoped: ['AuthFailure', 401, notValidated],
  'unknown-key': ['AuthFailure', 401, notValidated],
  mismatch: ['AuthFailure', 401, notValidated],
  'bad-token': ['AuthFailure', 401, notValidated],
  'expired-token': ['RequestExpired', 400, 'Request has expired.'],
}

const words: Record<Dialect, Record<Refusal, Words>> = { json, 'rest-json': restJson, query, ec2 }

/** AWS's answer in the protocol's own words; `message` is used where the sentence depends on the request. */
export function refusal(dialect: Dialect, why: Refusal, message = ''): AwsError {
  const [code, status, sentence] = words[dialect][why]
  return new AwsError(code, sentence ?? message, status)
}
