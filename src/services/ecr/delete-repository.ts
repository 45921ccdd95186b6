import type { DeleteRepositoryCommandInput, DeleteRepositoryCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { repositoryNotEmpty } from './errors.ts'
import { imagesOf } from './image.ts'
import { unpublishLayer } from './layer-bucket.ts'
import { discard } from './layer.ts'
import type { Layer, Upload } from './layer.ts'
import { contentPrefix, findRepository, onRepository, repositoryId, repositoryKey } from './repository.ts'

export const deleteRepository = operation<DeleteRepositoryCommandInput, DeleteRepositoryCommandOutput>(
  'ecr',
  'DeleteRepository',
  {
    needs: onRepository('DeleteRepository'),
    perform: async (input, { call, world }) => {
      const id = repositoryId(input, call)
      const prefix = contentPrefix(id)
      const { repository, bytes } = world.store.transaction(() => {
        const found = findRepository(world, id)
        if (!input.force && imagesOf(world, id).length > 0) throw repositoryNotEmpty(id)
        const layers = world.store.list<Layer>('ecr/layer', { prefix })
        const uploads = world.store.list<Upload>('ecr/upload', { prefix })
        for (const kind of ['ecr/image', 'ecr/tag', 'ecr/layer', 'ecr/upload'])
          for (const row of world.store.list(kind, { prefix })) world.store.delete(kind, row.key)
        for (const { value } of layers) unpublishLayer(world, id, value.layerDigest)
        world.store.delete('ecr/repository', repositoryKey(id))
        return {
          repository: found.repository,
          bytes: [...layers.map((row) => row.value.bytes), ...uploads.flatMap((row) => row.value.parts)],
        }
      })
      await discard(world, bytes)
      return { repository }
    },
  },
)
