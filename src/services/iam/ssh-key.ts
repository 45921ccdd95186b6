import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'
import { fields, message, positive } from '../ssh-message.ts'

/** RSA keys of SSH, the only ones that IAM takes (API_UploadSSHPublicKey): `ssh-rsa BASE64 COMMENT`, or PEM. */
export interface SshKey {
  /** The key in SSH's wire format (RFC 4253 §6.6), base64. */
  readonly blob: string
  /** MD5 of that format, as ssh-keygen printed it once: `xx:xx:…`. */
  readonly fingerprint: string
  /** SubjectPublicKeyInfo. */
  readonly pem: string
}

const MINIMUM_BITS = 2048

/** Throws AWS's InvalidPublicKey. */
export function parseSshKey(text: string): SshKey {
  const key = text.trimStart().startsWith('-----BEGIN') ? fromPem(text) : fromLine(text)
  const { n = '', e = '' } = key?.asymmetricKeyType === 'rsa' ? key.export({ format: 'jwk' }) : {}
  const modulus = Buffer.from(n, 'base64url')
  if (!key || modulus.length * 8 < MINIMUM_BITS) {
    // inferred: the sentence.
    throw new AwsError('InvalidPublicKey', 'The public key is not a valid SSH-RSA public key of 2048 bits or more.')
  }
  const blob = message('ssh-rsa', positive(Buffer.from(e, 'base64url')), positive(modulus))
  const md5 = createHash('md5').update(blob).digest('hex')
  return {
    blob: blob.toString('base64'),
    fingerprint: (md5.match(/../g) ?? []).join(':'),
    pem: key.export({ format: 'pem', type: 'spki' }).toString(),
  }
}

function fromPem(text: string): KeyObject | undefined {
  try {
    return createPublicKey(text)
  } catch {
    return undefined
  }
}

function fromLine(text: string): KeyObject | undefined {
  const [, base64 = ''] = /^ssh-rsa\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text.trim()) ?? []
  const [type, exponent, modulus, end] = fields(Buffer.from(base64, 'base64'))
  if (type?.toString() !== 'ssh-rsa' || !exponent || !modulus || end) return undefined
  try {
    const [e, n] = [exponent, modulus].map((number) => number.toString('base64url'))
    return createPublicKey({ format: 'jwk', key: { kty: 'RSA', e: e ?? '', n: n ?? '' } })
  } catch {
    return undefined
  }
}
