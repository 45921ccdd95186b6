import type { CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput } from '@aws-sdk/client-ecr'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { throwAway } from '../s3/garbage.ts'
import { findBlob, type Blob } from './blob.ts'
import { emptyUpload, invalidLayer, layerAlreadyExists, layerPartTooSmall, uploadNotFound } from './errors.ts'
import { addLayer, contentKey, discard, findLayer, UPLOADS, type Upload } from './layer.ts'
import { openForWriting } from './repository-key.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

/** LayerPartTooSmallException: "at least 5MB". */
const PART_SIZE_MIN = 5 * 1024 * 1024

export const completeLayerUpload = operation<CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput>(
  'ecr',
  'CompleteLayerUpload',
  {
    needs: onRepository('CompleteLayerUpload'),
    perform: async (input, permit) => {
      const { call, world } = permit
      const id = repositoryId(input, call)
      const { uploadId, layerDigests } = input
      await openForWriting(permit, id)
      const upload = world.store.get<Upload>(UPLOADS, contentKey(id, uploadId))
      if (!upload) throw uploadNotFound(id, uploadId)
      if (upload.parts.length === 0) throw emptyUpload(uploadId)
      if (!upload.streamed && upload.parts.slice(0, -1).some((part) => part.size < PART_SIZE_MIN))
        throw layerPartTooSmall()

      const whole = await join(world, upload.parts)
      const joined = upload.parts.includes(whole) ? [] : [whole]
      const layerDigest = `sha256:${whole.sha256}`
      let isNew: boolean
      try {
        if (layerDigests.length > 0 && !layerDigests.includes(layerDigest))
          throw invalidLayer(layerDigests, layerDigest)
        const damaged = await damagedBlob(world, layerDigest)
        isNew = world.store.transaction(() => {
          findRepository(world, id)
          // Somebody finished the same upload meanwhile, or added to it: the layer that was joined is not it.
          if (world.store.get(UPLOADS, contentKey(id, uploadId)) !== upload) throw uploadNotFound(id, uploadId)
          world.store.delete(UPLOADS, contentKey(id, uploadId))
          throwAway(
            world,
            upload.parts.filter((part) => part !== whole),
          )
          if (findLayer(world, id, layerDigest)) {
            throwAway(world, [whole])
            return false
          }
          addLayer(world, id, whole, damaged)
          return true
        })
      } catch (error) {
        await discard(world, joined)
        throw error
      }
      if (!isNew) throw layerAlreadyExists(id, layerDigest)
      return { registryId: id.account, repositoryName: id.name, uploadId, layerDigest }
    },
  },
)

/** The blob of that digest, where its bytes are not any more what they were. */
async function damagedBlob(world: World, digest: string): Promise<Blob | undefined> {
  const blob = findBlob(world.store, digest)
  return blob && (await world.objects.check(blob.bytes)) ? blob : undefined
}

/** A layer of one part is that part. */
async function join(world: World, parts: readonly StoredBytes[]): Promise<StoredBytes> {
  const [only, ...more] = parts
  return only && more.length === 0 ? only : world.objects.concat(parts)
}
