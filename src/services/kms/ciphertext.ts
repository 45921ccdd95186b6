/**
 * Ciphertext of symmetric keys. AWS does not say how its own is made up; ours is
 *
 *   4 bytes  01 02 02 00
 *   1        1 for a multi-Region key, else 0
 *   6        account, two digits a byte
 *   16       key id without its dashes or `mrk-`
 *   32       id of the key material
 *   12       initialization vector
 *   …        AES-256-GCM ciphertext
 *   16       tag
 *
 * Everything before the initialization vector, and the encryption context, is authenticated with it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { canonical, type EncryptionContext } from './encryption-context.ts'

const MAGIC = Buffer.from([1, 2, 2, 0])
const HEAD = MAGIC.length + 1 + 6 + 16 + 32
const IV = 12
const TAG = 16

export interface CiphertextName {
  account: string
  /** `1234abcd-12ab-…` or `mrk-…`. */
  keyId: string
  materialId: string
}

export function encrypt(name: CiphertextName, key: Uint8Array, plain: Uint8Array, context?: EncryptionContext): Buffer {
  const head = headOf(name)
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.concat([head, canonical(context)]))
  return Buffer.concat([head, iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** What a ciphertext says it was encrypted under; undefined for what is none. Proves nothing: `decrypt` does. */
export function readHead(blob: Uint8Array): CiphertextName | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  if (bytes.length < HEAD + IV + TAG || !bytes.subarray(0, 4).equals(MAGIC) || bytes[4]! > 1) return undefined
  const account = bytes.toString('hex', 5, 11)
  const id = bytes.toString('hex', 11, 27)
  if (!/^\d{12}$/.test(account)) return undefined
  const keyId = bytes[4] === 1 ? `mrk-${id}` : id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { account, keyId, materialId: bytes.toString('hex', 27, HEAD) }
}

/** Throws when key, encryption context or a bit of it are not those it was made with. */
export function decrypt(key: Uint8Array, blob: Uint8Array, context?: EncryptionContext): Buffer {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(HEAD, HEAD + IV), { authTagLength: TAG })
  decipher.setAAD(Buffer.concat([bytes.subarray(0, HEAD), canonical(context)])).setAuthTag(bytes.subarray(-TAG))
  return Buffer.concat([decipher.update(bytes.subarray(HEAD + IV, -TAG)), decipher.final()])
}

function headOf({ account, keyId, materialId }: CiphertextName): Buffer {
  const multiRegion = keyId.startsWith('mrk-')
  const id = multiRegion ? keyId.slice(4) : keyId.replaceAll('-', '')
  const head = Buffer.concat([
    MAGIC,
    Buffer.from([multiRegion ? 1 : 0]),
    Buffer.from(account, 'hex'),
    Buffer.from(id, 'hex'),
    Buffer.from(materialId, 'hex'),
  ])
  if (head.length !== HEAD) throw new Error(`no ciphertext can name ${account}/${keyId}/${materialId}`)
  return head
}
