import type { UploadLayerPartCommandInput, UploadLayerPartCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { invalidLayerPart } from './errors.ts'
import { receivedBytes, type Upload } from './layer.ts'
import { onRepository, repositoryId } from './repository.ts'
import { performStreamed, type StreamedPart } from './streamed-part.ts'
import { appendPart, findUpload } from './upload.ts'

type Output = UploadLayerPartCommandOutput & { received?: number }

/** Parts come in order and without gaps; what does not fit is refused with the last byte that does. */
export const uploadLayerPart = operation<UploadLayerPartCommandInput, Output>('ecr', 'UploadLayerPart', {
  needs: onRepository('UploadLayerPart'),
  perform: async (input, { call, world }) => {
    const id = repositoryId(input, call)
    const { uploadId, partFirstByte, partLastByte, layerPartBlob } = input
    const { streamed } = input as { streamed?: StreamedPart }
    if (streamed) return performStreamed(world, id, uploadId, streamed)
    assertPartFits(findUpload(world, id, uploadId))

    const bytes = await world.objects.write(chunksOf(layerPartBlob), { digests: ['sha256'] })
    await appendPart(world, id, uploadId, bytes, assertPartFits)
    return {
      registryId: id.account,
      repositoryName: id.name,
      uploadId,
      lastByteReceived: partLastByte,
    }

    function assertPartFits(upload: Upload): void {
      const received = receivedBytes(upload)
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
})

// oxlint-disable-next-line require-await -- objects.write takes an async source
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
