import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Store } from './store.ts'

const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/** Seals secrets for storage under the operator's master key: AES-256-GCM, with a key of its own for each purpose. */
export interface Vault {
  /** `about` names what is sealed (a key's id, say); the sealed text opens only for the same purpose and the same `about`. */
  seal(purpose: string, about: string, plain: Uint8Array): string
  /** Throws for what this master key did not seal for that purpose and thing. */
  open(purpose: string, about: string, sealed: string): Buffer
}

/** A master key that cannot be read, is none, or is not the one that sealed this folder. */
export class MasterKeyError extends Error {}

export function openVault(master: Uint8Array): Vault {
  const keys = new Map<string, KeyObject>()
  const keyFor = (purpose: string) => {
    let key = keys.get(purpose)
    if (!key) {
      key = createSecretKey(Buffer.from(hkdfSync('sha256', master, '', `sallyport/${purpose}`, KEY_BYTES)))
      keys.set(purpose, key)
    }
    return key
  }
  return {
    seal(purpose, about, plain) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), iv).setAAD(Buffer.from(about))
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
    },
    open(purpose, about, sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error(`what is sealed of ${about} is cut off`)
      const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()])
    },
  }
}

/**
 * The master key in a file: 32 bytes in base64. A file of the data folder is made when it is not there; one that the
 * operator named must be.
 */
export function readMasterKey(path: string, make: boolean): Buffer {
  if (make && !existsSync(path)) mint(path)
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new MasterKeyError(`the master key cannot be read: ${(error as Error).message}`)
  }
  const key = Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES || key.toString('base64') !== text) {
    throw new MasterKeyError(`${path} holds no master key: 32 random bytes in base64 (openssl rand -base64 32)`)
  }
  return key
}

/** Whole or not at all, and never over another's. */
function mint(path: string): void {
  const staged = `${path}.${process.pid}`
  writeFileSync(staged, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flush: true })
  chmodSync(staged, 0o600)
  try {
    linkSync(staged, path)
  } finally {
    rmSync(staged)
  }
}

/** Refuses a master key that is not the one which this store was first opened with: with it nothing would open. */
export function checkVault(store: Store, vault: Vault): void {
  const kept = store.get<{ sealed: string }>('store/vault', 'check')
  if (!kept) {
    store.put('store/vault', 'check', { sealed: vault.seal('check', 'store', randomBytes(16)) })
    return
  }
  try {
    vault.open('check', 'store', kept.sealed)
  } catch {
    throw new MasterKeyError('this is not the master key that the data folder was made with; nothing in it would open')
  }
}
