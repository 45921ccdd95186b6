import { deleteResource } from '../delete-resource.ts'
import type { Settle } from '../settling.ts'
import { images } from './image.ts'
import { versionsOf, imageVersions } from './image-version.ts'

/** From CREATING or UPDATING to CREATED, from DELETING to nothing: with all versions (API_DeleteImage). */
export const settleImage: Settle = (world, at) => {
  const found = images.find(world.store, at, at.name)
  const status = found?.description.ImageStatus
  if (status === 'CREATING' || status === 'UPDATING') {
    images.change(world.store, at, ({ description }) => {
      if (description.ImageStatus !== status) return
      description.ImageStatus = 'CREATED'
      description.LastModifiedTime = world.now() / 1000
    })
  } else if (found && status === 'DELETING') {
    world.store.transaction(() => {
      for (const version of versionsOf(world.store, found)) imageVersions.delete(world.store, version)
      deleteResource(world.store, images, at, at.name)
    })
  }
}
