import type { CompleteLayerUploadCommandInput, CompleteLayerUploadCommandOutput } from '@aws-sdk/client-ecr'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { throwAway } from '../s3/garbage.ts'
import { findBlob, healBlob, type Blob } from './blob.ts'
import { emptyUpload, invalidLayer, layerAlreadyExists, layerPartTooSmall, uploadNotFound } from './errors.ts'
import { addLayer, contentKey, findLayer, UPLOADS, type Upload } from './layer.ts'
import { contentOf, isDamaged, putContent } from './layer-content.ts'
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

      const content = await contentOf(world, upload)
      const layerDigest = `sha256:${content.sha256}`
      if (layerDigests.length > 0 && !layerDigests.includes(layerDigest)) throw invalidLayer(layerDigests, layerDigest)
      const damaged = await damagedBlob(world, layerDigest)
      const isNew = world.store.transaction(() => {
        findRepository(world, id)
        const current = world.store.get<Upload>(UPLOADS, contentKey(id, uploadId))
        // Somebody finished the same upload meanwhile, or added to it: what was looked at is not it.
        if (!current || !sameParts(current, upload)) throw uploadNotFound(id, uploadId)
        world.store.delete(UPLOADS, contentKey(id, uploadId))
        putContent(world, content, upload.parts)
        if (findLayer(world, id, layerDigest)) {
          if (damaged) healBlob(world, layerDigest, content, damaged)
          else throwAway(world, [content])
          return false
        }
        addLayer(world, id, content, damaged)
        return true
      })
      if (!isNew) throw layerAlreadyExists(id, layerDigest)
      return { registryId: id.account, repositoryName: id.name, uploadId, layerDigest }
    },
  },
)

const sameParts = (one: Upload, other: Upload) =>
  one.parts.length === other.parts.length && one.parts.every(({ id }, at) => id === other.parts[at]!.id)

/** The blob of that digest, where its bytes are not any more what they were. */
async function damagedBlob(world: World, digest: string): Promise<Blob | undefined> {
  const blob = findBlob(world.store, digest)
  return blob && (await isDamaged(world, blob.bytes)) ? blob : undefined
}
