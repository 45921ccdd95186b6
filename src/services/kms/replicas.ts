import type { Store } from '../../store/store.ts'
import { getKey, type Key, saveKey } from './key.ts'
import { plan } from './plan.ts'

/** The other copies of a multi-Region key, primary first. */
export function copiesOf(store: Store, key: Key): Key[] {
  if (!key.multiRegion) return []
  const { primary, replicas } = key.multiRegion
  return [primary, ...replicas]
    .filter((region) => region !== key.region)
    .flatMap((region) => getKey(store, { ...key, region }) ?? [])
}

/**
 * Saves a key and what all copies share: key material that KMS made, and who is whose replica. Imported material is
 * imported into each by itself (AWS KMS Developer Guide, "Multi-Region keys": shared properties).
 */
export function saveWithReplicas(store: Store, key: Key): void {
  saveKey(store, key)
  plan(store, key)
  const { multiRegion, materials, rotation } = key
  if (!multiRegion) return
  for (const copy of copiesOf(store, key)) {
    const shared = key.origin === 'AWS_KMS' ? { materials, ...(rotation && { rotation }) } : {}
    saveKey(store, { ...copy, ...shared, multiRegion })
  }
}
