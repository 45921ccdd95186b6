/** Imported key material, out of the wrapping that GetParametersForImport asked for. Pure. */
import {
  constants,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto'
import type { AlgorithmSpec, KeySpec } from '@aws-sdk/client-kms'
import { specs } from './key-spec.ts'

/** Initial value of AES key wrap with padding (RFC 5649). */
const WRAP_IV = Buffer.from('a65959a6', 'hex')

/** Throws for what was not wrapped so. */
export function unwrap(algorithm: AlgorithmSpec, privateKey: KeyObject, wrapped: Uint8Array): Buffer {
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256'
  const open = (bytes: Uint8Array) =>
    privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes)
  if (algorithm.startsWith('RSAES_OAEP')) return open(wrapped)
  // An AES-256 key in RSA-OAEP, followed by the material that it wraps.
  const size = privateKey.asymmetricKeyDetails!.modulusLength! / 8
  const decipher = createDecipheriv('id-aes256-wrap-pad', open(wrapped.subarray(0, size)), WRAP_IV)
  return Buffer.concat([decipher.update(wrapped.subarray(size)), decipher.final()])
}

/** Whether these bytes are key material of that spec; of a private key its public half as well. Undefined: they are not. */
export function readMaterial(spec: KeySpec, bytes: Buffer): { publicKey?: Buffer } | undefined {
  const { maker } = specs[spec]!
  if (maker.kind === 'aes') return bytes.length === 32 ? {} : undefined
  if (maker.kind === 'hmac') return bytes.length === maker.bytes ? {} : undefined
  try {
    const key = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
    const fits =
      maker.kind === 'ec' ? namedCurve === maker.curve : key.asymmetricKeyType === 'rsa' && modulusLength === maker.bits
    return fits ? { publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }) } : undefined
  } catch {
    return undefined
  }
}
