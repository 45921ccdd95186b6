import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { inUse, PIECES, piecesOf } from './content.ts'

/**
 * Bytes that nothing refers to any more. Their ids are noted (document `s3/garbage`) in the transaction that let go of them
 * and they are deleted a little later, so that a read that has just begun can still open them, and a crash forgets none.
 */
const GARBAGE = 's3/garbage'
const LATER_MS = 2000

interface Thrown {
  inStore?: true
}

/** To be called inside the transaction that removes the last reference. */
export function throwAway(world: World, bytes: readonly StoredBytes[]): void {
  if (bytes.length === 0) return
  for (const { id, inStore } of bytes) world.store.put<Thrown>(GARBAGE, id, inStore ? { inStore } : {})
  scheduleSweep(world)
}

const scheduled = new WeakSet<World>()

function scheduleSweep(world: World): void {
  if (scheduled.has(world)) return
  scheduled.add(world)
  setTimeout(() => {
    scheduled.delete(world)
    // The server may have been stopped meanwhile; what is left is swept at the next start.
    recoverObjects(world).catch((error: unknown) => world.log.warn({ err: error }, 'object bytes left behind for now'))
  }, LATER_MS).unref()
}

/** Deletes the bytes that were thrown away, but for those that somebody still reads; also called at start. */
export async function recoverObjects(world: World): Promise<void> {
  const { store, objects } = world
  const thrown = store.list<Thrown>(GARBAGE, { limit: 10_000 }).filter(({ key }) => !inUse(world, key))
  if (thrown.length === 0) return
  // Were they deleted first and the power failed, documents would name bytes that are gone.
  await store.durable()
  for (const { key: id, value } of thrown) {
    if (value.inStore) continue
    const pieces = piecesOf(store, id)
    for (const { bytes } of pieces ?? []) await objects.delete(bytes.id)
    if (!pieces) await objects.delete(id)
  }
  store.transaction(() => {
    for (const { key: id, value } of thrown) {
      if (value.inStore) store.blobs.delete(id)
      store.delete(PIECES, id)
      store.delete(GARBAGE, id)
    }
  })
  if (world.store.count(GARBAGE) > 0) scheduleSweep(world)
}
