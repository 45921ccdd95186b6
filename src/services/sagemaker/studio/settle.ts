import type { World } from '../../../world.ts'
import { deleteResource } from '../delete-resource.ts'
import type { Resource, Resources } from '../resources.ts'
import { putUnsettled, settleSoon, type Settle } from '../settling.ts'

/** What domains, user profiles and spaces tell of their state. */
interface Passing {
  Status?: string
  LastModifiedTime?: number
}

/**
 * From Pending or Updating to InService, from Deleting to nothing. What could fail was checked in the call: on AWS these
 * states last as long as machines and file systems take. `ending` is done before a resource goes.
 */
export function settlePassing<R extends Resource<Passing>>(
  resources: Resources<R>,
  ending?: (world: World, resource: R) => Promise<void>,
): Settle {
  return async (world, at) => {
    const found = resources.find(world.store, at, at.name)
    const status = found?.description.Status
    if (status === 'Pending' || status === 'Updating') {
      resources.change(world.store, at, ({ description }) => {
        if (description.Status !== status) return
        description.Status = 'InService'
        description.LastModifiedTime = world.now() / 1000
      })
    } else if (found && status === 'Deleting') {
      await ending?.(world, found)
      deleteResource(world.store, resources, at, at.name)
    }
  }
}

/** Saves a resource in a passing state, with what else belongs to the same transaction, and sets it on its way. */
export function saveAndSettle<R extends Resource>(
  world: World,
  resources: Resources<R>,
  settle: Settle,
  make: () => R,
): R {
  const saved = world.store.transaction(() => {
    const resource = make()
    resources.save(world.store, resource)
    putUnsettled(world.store, resource)
    return resource
  })
  settleSoon(world, saved, settle)
  return saved
}

/** The same for one that is there. */
export function changeAndSettle<R extends Resource>(
  world: World,
  resources: Resources<R>,
  settle: Settle,
  resource: R,
  change: (changed: R) => void,
): void {
  world.store.transaction(() => {
    resources.change(world.store, resource, change)
    putUnsettled(world.store, resource)
  })
  settleSoon(world, resource, settle)
}
