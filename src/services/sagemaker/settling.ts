import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import type { Place, Resource } from './resources.ts'

/** ARNs of resources that are on their way from one state to another: what a new server goes on with. */
const UNSETTLED = 'sagemaker/unsettled'

/**
 * Brings a resource to its next lasting state, whatever state it is found in: it may be done again after a crash, or for a
 * resource that is gone.
 */
export type Settle = (world: World, at: Place & { name: string }) => Promise<void> | void

const underWay = new WeakMap<World, Map<string, Promise<void>>>()

const running = (world: World): Map<string, Promise<void>> => {
  let map = underWay.get(world)
  if (!map) underWay.set(world, (map = new Map()))
  return map
}

/** Written in the transaction that puts the resource in its passing state. */
export function putUnsettled(store: Store, { arn }: Pick<Resource, 'arn'>): void {
  store.put(UNSETTLED, arn, {})
}

export const unsettled = (store: Store): string[] => store.list(UNSETTLED).map(({ key }) => key)

export const isSettling = (world: World, arn: string): boolean => running(world).has(arn)

/** Begins at once and does not wait; work on the same resource goes one after the other. */
export function settleSoon(world: World, resource: Pick<Resource, 'arn' | keyof Place | 'name'>, settle: Settle): void {
  const { arn, account, region, name } = resource
  const all = running(world)
  const work = (all.get(arn) ?? Promise.resolve())
    .then(() => settle(world, { account, region, name }))
    .then(() => {
      if (all.get(arn) !== work) return
      world.store.delete(UNSETTLED, arn)
    })
    // It stays written down, and is tried again by the next round.
    .catch((error: unknown) =>
      world.log.error({ err: error, arn }, 'a resource could not be brought to its next state'),
    )
    .finally(() => {
      if (all.get(arn) === work) all.delete(arn)
    })
  all.set(arn, work)
}

/** Resolves when nothing is on its way any more. */
export async function allSettled(world: World): Promise<void> {
  await Promise.all(running(world).values())
}
