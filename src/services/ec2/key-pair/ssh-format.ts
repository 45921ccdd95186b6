import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { fields, message, positive } from '../../ssh-message.ts'

/** SSH's own formats of RSA and Ed25519 keys (RFC 4253 §6.6, RFC 8709, and OpenSSH's PROTOCOL.key). */

/** `ssh-rsa BASE64 COMMENT` or `ssh-ed25519 BASE64 COMMENT`. */
export function openSshLine(key: KeyObject, comment: string): string {
  const kind = key.asymmetricKeyType === 'rsa' ? 'ssh-rsa' : 'ssh-ed25519'
  return [kind, publicBlob(key).toString('base64'), ...(comment ? [comment] : [])].join(' ')
}

/** What CreateKeyPair hands out: PKCS #1 for RSA, OpenSSH's format for Ed25519. */
export function privateText(key: KeyObject): string {
  return key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'pem' }).toString() : openSshPrivate(key)
}

/** A line of OpenSSH, PEM or the base64 of DER, as ImportKeyPair takes them; undefined for anything else. */
export function parseSshKey(text: string): KeyObject | undefined {
  const key = text.startsWith('-----BEGIN')
    ? attempt(() => createPublicKey(text))
    : (fromLine(text) ??
      attempt(() => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })))
  return key && ['rsa', 'ed25519'].includes(key.asymmetricKeyType ?? '') ? key : undefined
}

function attempt(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function fromLine(text: string): KeyObject | undefined {
  const [, kind, base64 = ''] = /^(ssh-rsa|ssh-ed25519)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text) ?? []
  const [type, first, second] = fields(Buffer.from(base64, 'base64')).map((field) => field.toString('base64url'))
  if (kind === undefined || Buffer.from(type ?? '', 'base64url').toString() !== kind || first === undefined) {
    return undefined
  }
  const key = kind === 'ssh-rsa' ? { kty: 'RSA', e: first, n: second ?? '' } : { kty: 'OKP', crv: 'Ed25519', x: first }
  return attempt(() => createPublicKey({ format: 'jwk', key }))
}

function publicBlob(key: KeyObject): Buffer {
  const { n = '', e = '', x = '' } = key.export({ format: 'jwk' })
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  return key.asymmetricKeyType === 'rsa'
    ? message('ssh-rsa', positive(bytes(e)), positive(bytes(n)))
    : message('ssh-ed25519', bytes(x))
}

/** Unencrypted, so cipher and key derivation are `none`; padded to the block of 8. */
function openSshPrivate(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' })
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')]
  const check = randomBytes(4)
  const secret = Buffer.concat([check, check, message('ssh-ed25519', open, Buffer.concat([seed, open]), '')])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    message('none', 'none', ''),
    Buffer.from([0, 0, 0, 1]),
    message(message('ssh-ed25519', open), Buffer.concat([secret, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g)!
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
