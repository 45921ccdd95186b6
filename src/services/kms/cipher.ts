/** Encryption by a key of any kind, as Encrypt, Decrypt, ReEncrypt and the data keys need it. */
import { constants, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto'
import type { EncryptionAlgorithmSpec } from '@aws-sdk/client-kms'
import type { World } from '../../world.ts'
import * as aes from './ciphertext.ts'
import type { EncryptionContext } from './encryption-context.ts'
import { incorrectKey, invalidCiphertext, validation, wrongAlgorithm, wrongUsage } from './errors.ts'
import { currentMaterial, type Key, keyArn, type Material } from './key.ts'
import { specs } from './key-spec.ts'
import { requireUsable } from './key-state.ts'
import { openMaterial, openPrivateKey } from './material.ts'

const OAEP_HASHES: Readonly<Partial<Record<EncryptionAlgorithmSpec, string>>> = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
}

/** "This operation is supported only for keys whose usage is ENCRYPT_DECRYPT", and in a state to be used. */
export function requireCipher(key: Key, operation: string, algorithm: EncryptionAlgorithmSpec): void {
  requireUsable(key)
  if (key.usage !== 'ENCRYPT_DECRYPT') throw wrongUsage(keyArn(key), key.usage, operation)
  if (!specs[key.spec]!.encryption?.includes(algorithm)) throw wrongAlgorithm(algorithm, key.spec)
}

/** "You cannot specify an encryption context when performing operations with an asymmetric key". inferred: the sentence. */
export function checkContext(algorithm: EncryptionAlgorithmSpec, context: EncryptionContext | undefined): void {
  if (algorithm !== 'SYMMETRIC_DEFAULT' && context !== undefined && Object.keys(context).length > 0)
    throw validation('Encryption context is not supported when encrypting/decrypting with asymmetric CMKs.')
}

export interface Sealed {
  blob: Buffer
  material: Material
}

/** The key was checked before. */
export function encryptBy(
  world: World,
  key: Key,
  plain: Uint8Array,
  {
    algorithm = 'SYMMETRIC_DEFAULT',
    context,
  }: { algorithm?: EncryptionAlgorithmSpec; context?: EncryptionContext } = {},
): Sealed {
  const material = currentMaterial(key)!
  checkContext(algorithm, context)
  if (algorithm === 'SYMMETRIC_DEFAULT') {
    const name = { account: key.account, keyId: key.id, materialId: material.id }
    return { blob: aes.encrypt(name, openMaterial(world, key, material), plain, context), material }
  }
  const hash = OAEP_HASHES[algorithm]!
  checkLength(key, hash, plain, algorithm)
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey!, 'base64'), format: 'der', type: 'spki' })
  const blob = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, plain)
  return { blob, material }
}

/** API reference, Encrypt: the largest plaintext of each RSA key. inferred: the sentence. */
function checkLength(key: Key, hash: string, plain: Uint8Array, algorithm: string): void {
  const { maker } = specs[key.spec]!
  const most = maker.kind === 'rsa' ? maker.bits / 8 - 2 * (hash === 'sha1' ? 20 : 32) - 2 : Infinity
  if (plain.length > most)
    throw validation(`Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${most} bytes.`)
}

/** Throws InvalidCiphertextException for what this key did not encrypt with that encryption context. */
export function decryptBy(
  world: World,
  key: Key,
  blob: Uint8Array,
  {
    algorithm = 'SYMMETRIC_DEFAULT',
    context,
  }: { algorithm?: EncryptionAlgorithmSpec; context?: EncryptionContext } = {},
): { plain: Buffer; material: Material } {
  checkContext(algorithm, context)
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    const material = currentMaterial(key)!
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const options = { key: openPrivateKey(world, key, material), padding, oaepHash: OAEP_HASHES[algorithm]! }
    return { plain: opened(() => privateDecrypt(options, blob)), material }
  }
  const head = aes.readHead(blob)
  if (!head) throw invalidCiphertext()
  if (head.keyId !== key.id || head.account !== key.account) throw incorrectKey()
  const material = key.materials.find(({ id }) => id === head.materialId)
  if (material?.sealed === undefined) throw invalidCiphertext()
  const secret = openMaterial(world, key, material)
  return { plain: opened(() => aes.decrypt(secret, blob, context)), material }
}

function opened(work: () => Buffer): Buffer {
  try {
    return work()
  } catch {
    throw invalidCiphertext()
  }
}
