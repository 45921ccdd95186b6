import type { DeleteRepositoryCommandInput, DeleteRepositoryCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { throwAway } from '../s3/garbage.ts'
import { repositoryNotEmpty } from './errors.ts'
import { imagesOf } from './image.ts'
import { dropLayer, LAYERS, UPLOADS } from './layer.ts'
import type { Layer, Upload } from './layer.ts'
import { LIFECYCLE_POLICIES } from './lifecycle-policy.ts'
import { PREVIEWS } from './lifecycle-policy-preview.ts'
import { returnKey } from './repository-key.ts'
import { contentPrefix, findRepository, onRepository, repositoryId, repositoryKey } from './repository.ts'

export const deleteRepository = operation<DeleteRepositoryCommandInput, DeleteRepositoryCommandOutput>(
  'ecr',
  'DeleteRepository',
  {
    needs: onRepository('DeleteRepository'),
    perform: async (input, permit) => {
      const { call, world } = permit
      const id = repositoryId(input, call)
      const prefix = contentPrefix(id)
      const { repository, key } = world.store.transaction(() => {
        const found = findRepository(world, id)
        if (!input.force && imagesOf(world, id).length > 0) throw repositoryNotEmpty(id)
        for (const { value } of world.store.list<Layer>(LAYERS, { prefix })) dropLayer(world, id, value.layerDigest)
        for (const { value } of world.store.list<Upload>(UPLOADS, { prefix })) throwAway(world, value.parts)
        for (const kind of ['ecr/image', 'ecr/tag', UPLOADS])
          for (const row of world.store.list(kind, { prefix })) world.store.delete(kind, row.key)
        for (const kind of ['ecr/repository', LIFECYCLE_POLICIES, PREVIEWS]) world.store.delete(kind, repositoryKey(id))
        return found
      })
      await returnKey(permit, id, key)
      return { repository }
    },
  },
)
