import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { Call } from '../../door/call.ts'
import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { CustomerEncryption, Encryption } from './encryption.ts'
import { invalidArgument, invalidRequest } from './errors.ts'

/** The headers of SSE-C, `x-amz-server-side-encryption-customer-…`. */
export interface CustomerKeyInput {
  SSECustomerAlgorithm?: string
  SSECustomerKey?: string
  SSECustomerKeyMD5?: string
}

const PREFIX = 'x-amz-server-side-encryption-customer-'
const provide = 'Requests specifying Server Side Encryption with Customer provided keys must provide'

/**
 * The key that a request brings; undefined where it brings none. Never over plain HTTP (S3 User Guide, "Using SSE-C": "you must
 * use HTTPS"). Texts and their order as clients quote them; of a key of the wrong length with a right MD5, the last one.
 */
export function customerKey(input: CustomerKeyInput, call: Call): { key: Buffer; keyMD5: string } | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: text, SSECustomerKeyMD5: keyMD5 } = input
  if (algorithm === undefined && text === undefined && keyMD5 === undefined) return undefined
  if (!call.secure) {
    throw invalidRequest(
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    )
  }
  if (algorithm === undefined) {
    throw invalidArgument(`${provide} a valid encryption algorithm.`, `${PREFIX}algorithm`, 'null')
  }
  if (algorithm !== 'AES256') {
    throw new AwsError(
      'InvalidEncryptionAlgorithmError',
      'The encryption request that you specified is not valid. The valid value is AES256.',
      400,
      { ArgumentName: `${PREFIX}algorithm`, ArgumentValue: algorithm },
    )
  }
  if (text === undefined) throw invalidArgument(`${provide} an appropriate secret key.`, `${PREFIX}key`, 'null')
  if (keyMD5 === undefined) {
    throw invalidArgument(`${provide} the client calculated MD5 of the secret key.`, `${PREFIX}key-MD5`, 'null')
  }
  const key = Buffer.from(text, 'base64')
  if (hash('md5', key, 'base64') !== keyMD5) {
    throw invalidArgument(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      `${PREFIX}key-MD5`,
      keyMD5,
    )
  }
  if (key.length !== 32) {
    // The key itself is not repeated.
    throw invalidArgument('The secret key was invalid for the specified algorithm.', `${PREFIX}key`, 'null')
  }
  return { key, keyMD5 }
}

/** What is kept to know the key by when it comes again. */
export function customerEncryption(world: World, { key, keyMD5 }: { key: Buffer; keyMD5: string }): CustomerEncryption {
  const salt = world.hex(32)
  return { type: 'SSE-C', keyMD5, salt, verifier: verifierOf(key, salt) }
}

/** The key for bytes that are encrypted so; undefined where they do not take one. */
export function keyFor(
  encryption: Encryption | undefined,
  input: CustomerKeyInput,
  call: Call,
  wrong: 'key' | 'upload' | 'source' = 'key',
): Buffer | undefined {
  const brought = customerKey(input, call)
  if (encryption?.type !== 'SSE-C') {
    if (brought) throw invalidRequest('The encryption parameters are not applicable to this object.')
    return undefined
  }
  if (!brought) throw invalidRequest(missing[wrong])
  if (timingSafeEqual(Buffer.from(verifierOf(brought.key, encryption.salt)), Buffer.from(encryption.verifier))) {
    return brought.key
  }
  if (wrong !== 'key') {
    throw invalidRequest('The provided encryption parameters did not match the ones used originally.')
  }
  throw new AwsError('AccessDenied', `${provide} the correct secret key.`, 403)
}

const stored =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.'

const missing = {
  key: stored,
  source: stored,
  upload:
    'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
}

function verifierOf(key: Buffer, salt: string): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(key).digest('hex')
}
