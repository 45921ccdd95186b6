/**
 * What happens to keys by itself: deletion at the end of the waiting period, yearly rotation, expiry of imported material.
 * Each has its time in the store, so that it happens whether the server ran then or not: it is done before the next use of
 * KMS, whoever makes it.
 */
import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { deleteKey } from './delete-key.ts'
import { type Key, getKey, type KeyName } from './key.ts'
import { makeSymmetric } from './material.ts'
import { DUE, type Due, stamp } from './plan.ts'
import { saveWithReplicas } from './replicas.ts'

const HOUR_MS = 3_600_000

/** Material whose time is over shall not lie about until somebody calls. */
export function keepKeys(world: World): Upkeep {
  const failure = 'keys that are due could not be looked after'
  return repeat(world, { everyMs: HOUR_MS, atOnce: true, failure }, () => settle(world))
}

/** Does what is due by now. */
export function settle(world: World): void {
  const now = world.now() / 1000
  for (;;) {
    const [first] = world.store.list<Due>(DUE, { limit: 1 })
    if (!first || first.key.slice(0, 12) > stamp(now)) return
    world.store.transaction(() => {
      world.store.delete(DUE, first.key)
      lookAfter(world, first.value, now)
    })
  }
}

/** A key may be put down more than once: what it says itself counts. */
function lookAfter(world: World, name: KeyName, now: number): void {
  const key = getKey(world.store, name)
  if (!key) return
  if (key.deletion && key.deletion.date <= now) return deleteKey(world, key)
  const changed = rotated(world, expired(key, now), now)
  if (changed !== key) {
    saveWithReplicas(world.store, changed)
  }
}

/** "When the key material expires, AWS KMS deletes the key material and the KMS key becomes unusable." */
function expired(key: Key, now: number): Key {
  const isOver = ({ sealed, validTo }: Key['materials'][number]) =>
    sealed !== undefined && validTo !== undefined && validTo <= now
  if (!key.materials.some(isOver)) return key
  return {
    ...key,
    materials: key.materials.map(({ sealed, ...rest }) => (isOver({ sealed, ...rest }) ? rest : { ...rest, sealed })),
  }
}

/** Once a period; periods that passed while nobody looked count as one. inferred: a disabled key waits until it is enabled. */
function rotated(world: World, key: Key, now: number): Key {
  const { rotation } = key
  if (!rotation?.enabled || rotation.next > now || key.deletion) return key
  const period = rotation.periodDays * 86_400
  const next = rotation.next + Math.ceil((now - rotation.next + 1) / period) * period
  if (!key.enabled) return { ...key, rotation: { ...rotation, next } }
  const material = { ...makeSymmetric(world, key.id, now), rotation: 'AUTOMATIC' as const, rotatedAt: now }
  return { ...key, materials: [...key.materials, material], rotation: { ...rotation, next } }
}
