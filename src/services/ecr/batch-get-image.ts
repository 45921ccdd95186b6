import type { BatchGetImageCommandInput, BatchGetImageCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { imageByDigest, isFailure, putImageDocument, resolveImage } from './image.ts'
import { openForReading } from './repository-key.ts'
import { onRepository, repositoryId } from './repository.ts'

/** ImageDetail.lastRecordedPullTime: "Amazon ECR refreshes the last image pull timestamp at least once every 24 hours". */
const PULL_TIME_SECONDS = 24 * 3600

/**
 * acceptedMediaTypes: AWS converts between manifest formats where it can; we keep one form, and a client that does not
 * accept it is given that one all the same, as ECR does with OCI manifests (inferred).
 */
export const batchGetImage = operation<BatchGetImageCommandInput, BatchGetImageCommandOutput>('ecr', 'BatchGetImage', {
  needs: onRepository('BatchGetImage'),
  perform: async (input, permit) => {
    const { call, world } = permit
    const id = repositoryId(input, call)
    await openForReading(permit, id)
    const found = (input.imageIds ?? []).map((imageId) => ({ imageId, image: resolveImage(world, id, imageId) }))
    const images = found.flatMap(({ imageId, image }) => (isFailure(image) ? [] : [{ imageId, image }]))
    world.store.transaction(() => {
      for (const { image } of images) {
        const current = imageByDigest(world, id, image.imageDigest)
        const now = call.time / 1000
        if (current && now - (current.lastRecordedPullTime ?? 0) >= PULL_TIME_SECONDS)
          putImageDocument(world, id, { ...current, lastRecordedPullTime: now })
      }
    })
    return {
      images: images.map(({ imageId, image }) => ({
        registryId: id.account,
        repositoryName: id.name,
        imageId: {
          imageDigest: image.imageDigest,
          ...(imageId.imageTag !== undefined && { imageTag: imageId.imageTag }),
        },
        imageManifest: image.imageManifest,
        imageManifestMediaType: image.imageManifestMediaType,
      })),
      failures: found.flatMap(({ image }) => (isFailure(image) ? [image] : [])),
    }
  },
})
