import { createHmac } from 'node:crypto'
import type { Credential, FindCredential } from '../door/credential.ts'
import { checkToken, isUsable } from '../door/sigv4-s3.ts'
import { parseBasicDate } from '../door/sigv4-date.ts'
import * as words from '../door/sigv4-s3-words.ts'
import { algorithm, sameText, sign, signingKey, terminator } from '../door/sigv4.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { PostField } from './post-form.ts'

/** Who signed a form, and how. */
export interface PostSigner {
  credential: Credential
  region?: string
  version: 'AWS4-HMAC-SHA256' | 'AWS'
  /** Epoch milliseconds; absent with Signature Version 2, which has no time. */
  signedAt?: number
}

type Fields = ReadonlyMap<string, PostField>

/** True when a form claims to be somebody's. */
export function isSignedForm(fields: Fields): boolean {
  return ['policy', 'x-amz-signature', 'signature', 'x-amz-credential', 'awsaccesskeyid'].some((name) =>
    fields.has(name),
  )
}

/**
 * Checks the signature that a form carries of its own policy (S3 API Reference, "Authenticating Requests in Browser-Based
 * Uploads Using POST"; with Signature Version 2, "Browser-Based Uploads Using POST").
 */
export function verifyForm(fields: Fields, find: FindCredential, now: number): PostSigner {
  const policy = wanted(fields, 'policy')
  return fields.has('awsaccesskeyid') ? byVersion2(fields, policy, find, now) : byVersion4(fields, policy, find, now)
}

function byVersion4(fields: Fields, policy: string, find: FindCredential, now: number): PostSigner {
  const name = wanted(fields, 'X-Amz-Algorithm')
  const claimed = wanted(fields, 'X-Amz-Credential')
  const date = wanted(fields, 'X-Amz-Date')
  const given = wanted(fields, 'X-Amz-Signature')
  if (name !== algorithm) throw argument('X-Amz-Algorithm', name, `X-Amz-Algorithm only supports "${algorithm}"`) // inferred
  const [accessKeyId, day, region, service, end, ...more] = claimed.split('/')
  const time = parseBasicDate(date)
  if (time === undefined) {
    throw argument(
      'X-Amz-Date',
      date,
      "X-Amz-Date must be formated via ISO8601 Long format (i.e. \"YYYYMMDD'T'HHMMSS'Z'\")",
    ) // inferred
  }
  if (
    !accessKeyId ||
    !region ||
    !day ||
    !date.startsWith(day) ||
    service !== 's3' ||
    end !== terminator ||
    more.length > 0
  ) {
    throw argument(
      'X-Amz-Credential',
      claimed,
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const token = fields.get('x-amz-security-token')?.value
  const credential = find(accessKeyId)
  if (!isUsable(credential, token)) throw words.unknownKey(accessKeyId)
  const signature = sign(signingKey(credential.secretAccessKey, { date: day, region, service }), policy)
  if (!sameText(signature, given)) throw words.mismatch({ accessKeyId, signature: given, stringToSign: policy })
  checkToken(credential, token, now)
  return { credential, region, version: 'AWS4-HMAC-SHA256', signedAt: time }
}

function byVersion2(fields: Fields, policy: string, find: FindCredential, now: number): PostSigner {
  const accessKeyId = wanted(fields, 'AWSAccessKeyId')
  const given = wanted(fields, 'Signature')
  const token = fields.get('x-amz-security-token')?.value
  const credential = find(accessKeyId)
  if (!isUsable(credential, token)) throw words.unknownKey(accessKeyId)
  const signature = createHmac('sha1', credential.secretAccessKey).update(policy, 'utf8').digest('base64')
  if (!sameText(signature, given)) throw words.mismatch({ accessKeyId, signature: given, stringToSign: policy })
  checkToken(credential, token, now)
  return { credential, version: 'AWS' }
}

/** A field that a form must have. */
export function wanted(fields: Fields, name: string): string {
  const value = fields.get(name.toLowerCase())?.value
  if (value !== undefined && value !== '') return value
  throw argument(
    name,
    value ?? '',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  )
}

function argument(ArgumentName: string, ArgumentValue: string, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName, ArgumentValue })
}
