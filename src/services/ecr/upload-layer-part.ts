import type { UploadLayerPartCommandInput, UploadLayerPartCommandOutput } from '@aws-sdk/client-ecr'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { invalidLayerPart, uploadNotFound } from './errors.ts'
import { contentKey, discard } from './layer.ts'
import type { Upload } from './layer.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Parts come in order and without gaps; what does not fit is refused with the last byte that does. */
export const uploadLayerPart = operation<UploadLayerPartCommandInput, UploadLayerPartCommandOutput>(
  'ecr',
  'UploadLayerPart',
  {
    needs: onRepository('UploadLayerPart'),
    perform: async (input, { call, world }) => {
      const id = repositoryId(input, call)
      const { uploadId, partFirstByte, partLastByte, layerPartBlob } = input
      assertPartFits(findUpload(world, id, uploadId))

      const bytes = await world.objects.write(chunksOf(layerPartBlob))
      try {
        world.store.transaction(() => {
          // Asked again: another part, or the end of the upload, may have come while the bytes were written.
          const upload = findUpload(world, id, uploadId)
          assertPartFits(upload)
          world.store.put<Upload>('ecr/upload', contentKey(id, uploadId), {
            ...upload,
            parts: [...upload.parts, bytes],
          })
        })
      } catch (error) {
        await discard(world, [bytes])
        throw error
      }
      return {
        registryId: id.account,
        repositoryName: id.name,
        uploadId,
        lastByteReceived: partLastByte,
      }

      function assertPartFits(upload: Upload): void {
        const received = upload.parts.reduce((sum, part) => sum + part.size, 0)
        // inferred: both sentences.
        if (partFirstByte !== received)
          throw invalidLayerPart(
            id,
            uploadId,
            received - 1,
            `Layer part's first byte is ${partFirstByte}, but the last byte received was ${received - 1}`,
          )
        if (layerPartBlob.length === 0 || partLastByte - partFirstByte + 1 !== layerPartBlob.length)
          throw invalidLayerPart(
            id,
            uploadId,
            received - 1,
            `Layer part has ${layerPartBlob.length} bytes, which do not fill ${partFirstByte} to ${partLastByte}`,
          )
      }
    },
  },
)

function findUpload(world: World, id: RepositoryId, uploadId: string): Upload {
  findRepository(world, id)
  const upload = world.store.get<Upload>('ecr/upload', contentKey(id, uploadId))
  if (!upload) throw uploadNotFound(id, uploadId)
  return upload
}

// oxlint-disable-next-line require-await -- objects.write takes an async source
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
