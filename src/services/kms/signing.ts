/** Signatures of messages and of digests by the signing algorithms of KMS. Pure. */
import { constants, createHash, type KeyObject, privateEncrypt, publicDecrypt, sign, verify } from 'node:crypto'
import { signDigest, verifyDigest } from './ecdsa.ts'
import { pssEncode, pssVerify } from './pss.ts'

interface Scheme {
  readonly kind: 'pss' | 'pkcs1' | 'ecdsa'
  readonly hash: string
}

/** `RSASSA_PSS_SHA_256` -> PSS with SHA-256. */
function schemeOf(algorithm: string): Scheme {
  const kind = algorithm.startsWith('RSASSA_PSS') ? 'pss' : algorithm.startsWith('RSASSA_PKCS1') ? 'pkcs1' : 'ecdsa'
  return { kind, hash: `sha${algorithm.slice(algorithm.lastIndexOf('_') + 1)}` }
}

/** Length of the digests that an algorithm signs, in bytes. */
export function digestLength(algorithm: string): number {
  return Number(algorithm.slice(algorithm.lastIndexOf('_') + 1)) / 8
}

export function signRaw(algorithm: string, key: KeyObject, message: Uint8Array): Buffer {
  const { kind, hash } = schemeOf(algorithm)
  return sign(hash, message, { key, ...optionsOf(kind) })
}

export function verifyRaw(algorithm: string, key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  const { kind, hash } = schemeOf(algorithm)
  return verify(hash, message, { key, ...optionsOf(kind) }, signature)
}

/** node:crypto hashes whatever it signs; of a digest the rest is done here, by RFC 8017 and FIPS 186-5. */
export function signPrehashed(algorithm: string, key: KeyObject, digest: Uint8Array): Buffer {
  const { kind, hash } = schemeOf(algorithm)
  if (kind === 'ecdsa') return signDigest(key, digest)
  if (kind === 'pkcs1') {
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([digestInfo(hash), digest]))
  }
  const encoded = pssEncode(hash, digest, key.asymmetricKeyDetails!.modulusLength!)
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)
}

export function verifyPrehashed(algorithm: string, key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const { kind, hash } = schemeOf(algorithm)
  if (kind === 'ecdsa') return verifyDigest(key, digest, signature)
  try {
    if (kind === 'pkcs1') {
      const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
      return opened.equals(Buffer.concat([digestInfo(hash), digest]))
    }
    const opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature)
    return pssVerify(hash, digest, opened, key.asymmetricKeyDetails!.modulusLength!)
  } catch {
    return false
  }
}

/** "The salt length is that of the digest" (AWS KMS Developer Guide, "Supported signing algorithms"). */
function optionsOf(kind: Scheme['kind']) {
  if (kind === 'ecdsa') return {}
  if (kind === 'pkcs1') return { padding: constants.RSA_PKCS1_PADDING }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/** DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1). */
function digestInfo(hash: string): Buffer {
  const length = createHash(hash).digest().length
  const arc = { 32: 1, 48: 2, 64: 3 }[length]!
  return Buffer.from([0x30, 17 + length, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, length])
}
