import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Store } from '../../../store/store.ts'
import type { World } from '../../../world.ts'
import type { FeatureGroup } from './feature-group.ts'

/** What the online store keeps of a record identifier: the newest record, or that it was deleted. */
const RECORDS = 'sagemaker/feature-record'
const AT_ONCE = 256

export interface FeatureValue {
  FeatureName: string
  ValueAsString?: string
  ValueAsStringList?: string[]
}

/** Beside the values, which may be sealed, stands what decides whether they are read at all. */
export interface StoredRecord {
  /** Epoch milliseconds of its event time. */
  eventTime: number
  /** Epoch milliseconds. */
  expiresAt?: number
  /** Absent for one that was deleted, whose event time still counts. */
  values?: FeatureValue[]
  /** Instead of `values`, under the group's data key: base64 of nonce, ciphertext and tag. */
  sealed?: string
}

const prefixOf = ({ account, region, id }: FeatureGroup): string => `${account}/${region}/${id}/`
const keyOf = (group: FeatureGroup, identifier: string): string =>
  prefixOf(group) + Buffer.from(identifier).toString('base64url')

/** The record as it is kept, expired or not. */
export function findRecord(store: Store, group: FeatureGroup, identifier: string): StoredRecord | undefined {
  return store.get<StoredRecord>(RECORDS, keyOf(group, identifier))
}

export function putRecord(store: Store, group: FeatureGroup, identifier: string, record: StoredRecord): void {
  store.put(RECORDS, keyOf(group, identifier), record)
}

export function removeRecord(store: Store, group: FeatureGroup, identifier: string): void {
  store.delete(RECORDS, keyOf(group, identifier))
}

/** All of a group, a few at a time. */
export async function deleteRecords({ store }: World, group: FeatureGroup): Promise<void> {
  for (;;) {
    const rows = store.list(RECORDS, { prefix: prefixOf(group), limit: AT_ONCE })
    store.transaction(() => {
      for (const { key } of rows) store.delete(RECORDS, key)
    })
    if (rows.length < AT_ONCE) return
    await nextTurn()
  }
}

export function seal(values: FeatureValue[], key: Buffer | undefined): Pick<StoredRecord, 'values' | 'sealed'> {
  if (!key) return { values }
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const bytes = [iv, cipher.update(JSON.stringify(values)), cipher.final(), cipher.getAuthTag()]
  return { sealed: Buffer.concat(bytes).toString('base64') }
}

/** The values; undefined for a record that was deleted. */
export function open({ values, sealed }: StoredRecord, key: Buffer | undefined): FeatureValue[] | undefined {
  if (sealed === undefined) return values
  const bytes = Buffer.from(sealed, 'base64')
  const cipher = createDecipheriv('aes-256-gcm', key!, bytes.subarray(0, 12), { authTagLength: 16 })
  cipher.setAuthTag(bytes.subarray(-16))
  const plain = Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()])
  return JSON.parse(plain.toString('utf8')) as FeatureValue[]
}
