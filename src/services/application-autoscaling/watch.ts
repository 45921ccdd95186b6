import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { newActivity, saveActivity } from './activity.ts'
import { followActivities, fitToLimits, inTurn } from './scale.ts'
import { nextOf, SCHEDULED, type ScheduledAction } from './scheduled-action.ts'
import { findTarget, TARGET, targetKey, type Target } from './target.ts'

const FOLLOW_EVERY_MS = 10_000

/** Runs scheduled actions and follows what was asked of SageMaker, as long as the server runs. */
export function watchScaling(world: World): Upkeep {
  let followed = 0
  return repeat(world, { everyMs: 1000, failure: 'scaling could not be looked after' }, async () => {
    await runScheduledActions(world)
    if (world.now() - followed < FOLLOW_EVERY_MS) return
    followed = world.now()
    await followActivities(world)
  })
}

/** Those that are due at `world.now()`. One that was missed while no server ran is run once. */
export async function runScheduledActions(world: World): Promise<void> {
  for (const { key, value } of world.store.list<ScheduledAction>(SCHEDULED)) {
    if (value.nextAt !== undefined && value.nextAt <= world.now()) await run(world, key)
  }
}

async function run(world: World, key: string): Promise<void> {
  const { store } = world
  const target = store.transaction((): Target | undefined => {
    const action = store.get<ScheduledAction>(SCHEDULED, key)
    if (action?.nextAt === undefined) return undefined
    const { nextAt: _, ...rest } = action
    const next = nextOf(rest, world.now())
    store.put<ScheduledAction>(SCHEDULED, key, { ...rest, ...(next !== undefined && { nextAt: next }) })
    const before = findTarget(store, action)
    if (!before || before.suspended.ScheduledScalingSuspended) return undefined
    // A limit that is given alone pushes the other one along.
    const minCapacity = action.minCapacity ?? Math.min(before.minCapacity, action.maxCapacity!)
    const maxCapacity = action.maxCapacity ?? Math.max(before.maxCapacity, action.minCapacity!)
    const changed = { ...before, minCapacity, maxCapacity }
    store.put<Target>(TARGET, targetKey(before), changed)
    const set = `min capacity to ${minCapacity} and max capacity to ${maxCapacity}`
    saveActivity(
      world,
      newActivity(world, changed, {
        description: `Setting ${set}.`,
        cause: `scheduled action name ${action.name} was triggered`,
        status: 'Successful',
        message: `Successfully set ${set}`,
      }),
    )
    return changed
  })
  if (target) await inTurn(world, target, () => fitToLimits(world, target))
}
