import type { Call } from '../../door/call.ts'
import type { Bucket } from './bucket.ts'
import { customerKey, type CustomerKeyInput } from './customer-key.ts'
import { accessDenied, invalidArgument } from './errors.ts'
import { isInner } from './needs.ts'

/** How a write wants its bytes encrypted: by its headers, else by the bucket's default. */
export type Wanted =
  | { type: 'AES256' }
  | {
      type: 'aws:kms' | 'aws:kms:dsse'
      /** Absent: the account's key for S3. */
      keyId?: string
      given?: Record<string, string>
      bucketKey: boolean
      /** The request says so, not the bucket's default. */
      asked?: true
    }
  | { type: 'SSE-C'; key: Buffer; keyMD5: string }

export interface EncryptionInput extends CustomerKeyInput {
  ServerSideEncryption?: string
  SSEKMSKeyId?: string
  SSEKMSEncryptionContext?: string
  BucketKeyEnabled?: boolean
}

const HEADER = 'x-amz-server-side-encryption'

/** Throws S3's InvalidArgument, InvalidRequest, and AccessDenied where the bucket blocks SSE-C. */
export function wantedEncryption(input: EncryptionInput, bucket: Bucket, call: Call): Wanted {
  const { ServerSideEncryption: type, SSEKMSKeyId: keyId } = input
  if (wantsCustomerKey(input) && (bucket.encryption?.blocked ?? blockedByDefault).includes('SSE-C'))
    throw accessDenied()
  const own = customerKey(input, call)
  if (own && type !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      HEADER,
      type,
    )
  }
  if (own) return { type: 'SSE-C', ...own }
  if (type === 'aws:kms' || type === 'aws:kms:dsse') return { ...kms(type, input, bucket, call), asked: true }
  if (keyId !== undefined || input.SSEKMSEncryptionContext !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      HEADER,
      type ?? 'null',
    )
  }
  if (type !== undefined && type !== 'AES256') {
    throw invalidArgument('The encryption method specified is not supported', HEADER, type)
  }
  const usual = bucket.encryption
  if (type !== undefined || !usual || usual.algorithm === 'AES256') return { type: 'AES256' }
  return kms(
    usual.algorithm,
    { ...input, ...(usual.keyId === undefined ? {} : { SSEKMSKeyId: usual.keyId }) },
    bucket,
    call,
  )
}

/** SSE-C is blocked in every new bucket until its owner says otherwise (S3 User Guide, "Blocking or unblocking SSE-C", April 2026). */
export const blockedByDefault: readonly string[] = ['SSE-C']

function wantsCustomerKey(input: CustomerKeyInput): boolean {
  return [input.SSECustomerAlgorithm, input.SSECustomerKey, input.SSECustomerKeyMD5].some((one) => one !== undefined)
}

function kms(
  type: 'aws:kms' | 'aws:kms:dsse',
  input: EncryptionInput,
  bucket: Bucket,
  call: Call,
): Extract<Wanted, { bucketKey: boolean }> {
  requireSignatureV4(call)
  const given = parseContext(input.SSEKMSEncryptionContext)
  const bucketKey = type === 'aws:kms' && (input.BucketKeyEnabled ?? bucket.encryption?.bucketKey ?? false)
  return {
    type,
    bucketKey,
    ...(input.SSEKMSKeyId === undefined ? {} : { keyId: input.SSEKMSKeyId }),
    ...(given ? { given } : {}),
  }
}

/**
 * S3 asks KMS in the caller's name, so there must be one. AWS also asks for TLS; over our listener, which has none, SSE-KMS is
 * served nevertheless: no key travels with the call.
 */
export function requireSignatureV4(call: Call): void {
  if (isInner(call) || call.signature?.version === 'AWS4-HMAC-SHA256') return
  throw invalidArgument(
    'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
    'Authorization',
    'null',
  )
}

/** Base64 of a JSON object of strings (S3 API Reference, PutObject, x-amz-server-side-encryption-context). */
function parseContext(header: string | undefined): Record<string, string> | undefined {
  if (header === undefined) return undefined
  try {
    const parsed = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as unknown
    const flat =
      typeof parsed === 'object' &&
      parsed !== null &&
      !Array.isArray(parsed) &&
      Object.values(parsed).every((value) => typeof value === 'string')
    if (flat) return parsed as Record<string, string>
  } catch {}
  // inferred: the sentence.
  throw invalidArgument(
    'The header x-amz-server-side-encryption-context shall be a base64-encoded UTF-8 JSON object with string values.',
    'x-amz-server-side-encryption-context',
    header,
  )
}
