import { JobFailure } from '../../../jobs/failure.ts'
import type { World } from '../../../world.ts'
import { deleteResource } from '../delete-resource.ts'
import type { Place } from '../resources.ts'
import { notebookInstances, toStatus } from './notebook-instance.ts'
import type { NotebookInstance } from './notebook-instance.ts'
import { leavePlace, makePlace, takePlaceAway } from './place.ts'

/**
 * Brings an instance from a state that passes to the one that lasts. InService means that its place is made: interface, key
 * and role have been tried and stand. No notebook server runs in it yet.
 */
export async function settleNotebookInstance(world: World, at: Place & { name: string }): Promise<void> {
  const notebook = notebookInstances.find(world.store, at, at.name)
  if (!notebook) return
  try {
    await onward(world, notebook)
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error
    // One that cannot stand has no use of its volume's key either.
    if (notebook.description.NotebookInstanceStatus === 'Pending') {
      await leavePlace(world, notebookInstances.must(world.store, at, at.name))
    }
    arrive(world, notebook, 'Failed', error.message)
  }
}

async function onward(world: World, notebook: NotebookInstance): Promise<void> {
  switch (notebook.description.NotebookInstanceStatus) {
    case 'Pending':
      await makePlace(world, notebook)
      return arrive(world, notebook, 'InService')
    case 'Stopping':
      await leavePlace(world, notebook)
      return arrive(world, notebook, 'Stopped')
    case 'Updating':
      return arrive(world, notebook, 'Stopped')
    case 'Deleting':
      await takePlaceAway(world, notebook)
      return deleteResource(world.store, notebookInstances, notebook, notebook.name)
    default:
      return undefined // it has arrived
  }
}

function arrive(world: World, at: NotebookInstance, status: 'InService' | 'Stopped' | 'Failed', reason?: string): void {
  notebookInstances.change(world.store, at, (notebook) => {
    toStatus(notebook, status, world.now())
    if (reason !== undefined) notebook.description.FailureReason = reason
  })
}
