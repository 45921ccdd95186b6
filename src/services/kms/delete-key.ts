import type { World } from '../../world.ts'
import { type Grant, grantPrefix, GRANTS } from './grant.ts'
import { getKey, type Key, KEYS, keyKey, saveKey } from './key.ts'
import { aliasKey, ALIASES } from './key-id.ts'
import { plan } from './plan.ts'
import { copiesOf } from './replicas.ts'

const DAY = 86_400

/** Deletes a key with its material, aliases and grants, for good. In a transaction. */
export function deleteKey(world: World, key: Key): void {
  const { store } = world
  for (const name of key.aliases) store.delete(ALIASES, aliasKey({ ...key, name }))
  for (const grant of store.list<Grant>(GRANTS, { prefix: grantPrefix(key) })) store.delete(GRANTS, grant.key)
  store.delete(KEYS, keyKey(key))
  if (!key.multiRegion) return
  const { primary, replicas } = key.multiRegion
  const multiRegion = { primary, replicas: replicas.filter((region) => region !== key.region) }
  for (const copy of copiesOf(store, key)) saveKey(store, { ...copy, multiRegion })
  const first = getKey(store, { ...key, region: primary })
  if (first?.deletionAfterReplicas && multiRegion.replicas.length === 0) startWaiting(world, first)
}

/** "When its last replica key is deleted, the key state of the primary key changes to PendingDeletion and its waiting period begins." */
function startWaiting(world: World, key: Key): void {
  const { deletionAfterReplicas, ...rest } = key
  const days = deletionAfterReplicas!.days
  const waiting = { ...rest, deletion: { date: world.now() / 1000 + days * DAY, days } }
  saveKey(world.store, waiting)
  plan(world.store, waiting)
}
