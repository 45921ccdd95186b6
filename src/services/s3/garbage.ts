import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { inUse, PIECES, piecesOf } from './content.ts'

/**
 * Bytes that nothing refers to any more. Their ids are noted (document `s3/garbage`) in the transaction that let go of them
 * and they are deleted a little later, so that a read that has just begun can still open them, and a crash forgets none.
 */
const GARBAGE = 's3/garbage'
const LATER_MS = 2000

/** To be called inside the transaction that removes the last reference. */
export function throwAway(world: World, bytes: readonly StoredBytes[]): void {
  if (bytes.length === 0) return
  for (const { id } of bytes) world.store.put(GARBAGE, id, {})
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
  const thrown = world.store.list(GARBAGE, { limit: 10_000 }).map(({ key }) => key)
  if (thrown.length === 0) return
  const ids = thrown.filter((id) => !inUse(world, id))
  for (const id of ids) {
    const pieces = piecesOf(world.store, id)
    for (const { bytes } of pieces ?? []) await world.objects.delete(bytes.id)
    if (!pieces) await world.objects.delete(id)
  }
  world.store.transaction(() => {
    for (const id of ids) {
      world.store.delete(PIECES, id)
      world.store.delete(GARBAGE, id)
    }
  })
  if (world.store.count(GARBAGE) > 0) scheduleSweep(world)
}
