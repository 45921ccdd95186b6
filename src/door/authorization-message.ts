import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Store } from '../store/store.ts'

/**
 * The encoded message of a refusal: readable to nobody but this server, which opens it for those who may call
 * sts:DecodeAuthorizationMessage. AES-256-GCM: a message that was touched does not open.
 */

const IV_BYTES = 12
const TAG_BYTES = 16
/** What DecodeAuthorizationMessage takes, and hardly ever reached. */
export const MAX_SEALED = 10_240

/** What is sealed: the document, and the account whose principals may read it. */
export interface AuthorizationMessage {
  account: string
  /** JSON. */
  document: string
}

export function seal(store: Store, message: AuthorizationMessage): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(store), iv)
  const packed = deflateRawSync(JSON.stringify(message))
  return Buffer.concat([iv, cipher.update(packed), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** Undefined for what this server did not seal, or not so. */
export function open(store: Store, sealed: string): AuthorizationMessage | undefined {
  if (!/^[\w-]+$/.test(sealed)) return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  // One text for one message: no spare bits at the end.
  if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(store), bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const packed = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
    return JSON.parse(inflateRawSync(packed).toString('utf8')) as AuthorizationMessage
  } catch {
    return undefined
  }
}

const keys = new WeakMap<Store, KeyObject>()

function sealingKey(store: Store): KeyObject {
  let key = keys.get(store)
  if (!key) {
    const kept = store.get<{ hex: string }>('door/key', 'authorization-message')
    const hex = kept?.hex ?? randomBytes(32).toString('hex')
    if (!kept) store.put('door/key', 'authorization-message', { hex })
    key = createSecretKey(Buffer.from(hex, 'hex'))
    keys.set(store, key)
  }
  return key
}
