import type { CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput } from '@aws-sdk/client-ecr'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { emptyUpload, invalidLayer, layerAlreadyExists, layerPartTooSmall, uploadNotFound } from './errors.ts'
import { contentKey, discard, findLayer } from './layer.ts'
import type { Layer, Upload } from './layer.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

/** LayerPartTooSmallException: "at least 5MB". */
const PART_SIZE_MIN = 5 * 1024 * 1024

export const completeLayerUpload = operation<CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput>(
  'ecr',
  'CompleteLayerUpload',
  {
    needs: onRepository('CompleteLayerUpload'),
    perform: async (input, { call, world }) => {
      const id = repositoryId(input, call)
      const { uploadId, layerDigests } = input
      findRepository(world, id)
      const upload = world.store.get<Upload>('ecr/upload', contentKey(id, uploadId))
      if (!upload) throw uploadNotFound(id, uploadId)
      if (upload.parts.length === 0) throw emptyUpload(uploadId)
      if (upload.parts.slice(0, -1).some((part) => part.size < PART_SIZE_MIN)) throw layerPartTooSmall()

      const whole = await join(world, upload.parts)
      const joined = upload.parts.includes(whole) ? [] : [whole]
      const layerDigest = `sha256:${whole.sha256}`
      let layer: Layer
      try {
        layer = world.store.transaction(() => {
          if (layerDigests.length > 0 && !layerDigests.includes(layerDigest))
            throw invalidLayer(layerDigests, layerDigest)
          if (findLayer(world, id, layerDigest)) throw layerAlreadyExists(id, layerDigest)
          // Somebody finished the same upload meanwhile, or added to it: the layer that was joined is not it.
          if (world.store.get('ecr/upload', contentKey(id, uploadId)) !== upload) throw uploadNotFound(id, uploadId)
          const made: Layer = {
            layerDigest,
            layerSize: whole.size,
            mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
            bytes: whole,
          }
          world.store.put('ecr/layer', contentKey(id, layerDigest), made)
          world.store.delete('ecr/upload', contentKey(id, uploadId))
          return made
        })
      } catch (error) {
        await discard(world, joined)
        throw error
      }
      await discard(
        world,
        upload.parts.filter((part) => part.id !== layer.bytes.id),
      )
      return { registryId: id.account, repositoryName: id.name, uploadId, layerDigest }
    },
  },
)

/** A layer of one part is that part. */
async function join(world: World, parts: readonly StoredBytes[]): Promise<StoredBytes> {
  const [only, ...more] = parts
  return only && more.length === 0 ? only : world.objects.concat(parts.map((part) => part.id))
}
