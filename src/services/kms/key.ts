import type { ExpirationModelType, KeySpec, KeyUsageType, OriginType } from '@aws-sdk/client-kms'
import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import type { BoundPolicy } from '../iam/bound-principals.ts'
import { partition } from '../partition.ts'
import { keyNotFound } from './errors.ts'

/** One generation of key material; what was encrypted under it names it, so that older ones still decrypt. */
export interface Material {
  /** 64 hexadecimal digits. */
  id: string
  /** Raw bytes of a symmetric key, PKCS #8 DER of a private one, sealed by the vault. Absent: imported, and deleted or expired. */
  sealed?: string
  createdAt: number
  /** How it came to be the current one; absent for the first. */
  rotation?: 'AUTOMATIC' | 'ON_DEMAND'
  rotatedAt?: number
  description?: string
  expirationModel?: ExpirationModelType
  /** Epoch seconds after which it is gone. */
  validTo?: number
  /** Imported, and not yet made the current one. */
  pending?: boolean
}

/** Document `kms/key`, keyed `account/region/id`. Times are epoch seconds. */
export interface Key {
  id: string
  account: string
  region: string
  createdAt: number
  description: string
  usage: KeyUsageType
  spec: KeySpec
  origin: OriginType
  manager: 'AWS' | 'CUSTOMER'
  enabled: boolean
  policy: BoundPolicy
  tags: Record<string, string>
  /** Names of the aliases that point to it, sorted; `kms/alias` has them one by one. */
  aliases: string[]
  /** Oldest first. The current one is the last that is not pending. */
  materials: Material[]
  /** SubjectPublicKeyInfo DER in base64, of asymmetric keys. */
  publicKey?: string
  deletion?: { date: number; days: number }
  /** A primary that is to go once its last replica is gone. */
  deletionAfterReplicas?: { days: number }
  rotation?: { enabled: boolean; periodDays: number; next: number }
  /** Of a multi-Region key: Region of the primary, and of its replicas. */
  multiRegion?: { primary: string; replicas: string[] }
}

export const KEYS = 'kms/key'

export interface KeyName {
  account: string
  region: string
  id: string
}

export const keyKey = ({ account, region, id }: KeyName) => `${account}/${region}/${id}`

export function keyArn({ account, region, id }: KeyName): string {
  return `arn:${partition(region)}:kms:${region}:${account}:key/${id}`
}

export function getKey(store: Store, name: KeyName): Key | undefined {
  return store.get<Key>(KEYS, keyKey(name))
}

/** The key as it stands in this transaction; NotFoundException when it is gone. */
export function findKey(store: Store, name: KeyName): Key {
  const key = getKey(store, name)
  if (!key) throw keyNotFound(keyArn(name))
  return key
}

export function saveKey(store: Store, key: Key): void {
  store.put<Key>(KEYS, keyKey(key), key)
}

/** Reads, changes and writes a key in one transaction. */
export function updateKey(world: World, name: KeyName, change: (key: Key) => Key): Key {
  return world.store.transaction(() => {
    const changed = change(findKey(world.store, name))
    saveKey(world.store, changed)
    return changed
  })
}

export function currentMaterial(key: Key): Material | undefined {
  return key.materials.findLast(({ pending }) => !pending)
}

export const seconds = (call: Call) => call.time / 1000
