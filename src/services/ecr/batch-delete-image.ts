import type { BatchDeleteImageCommandInput, BatchDeleteImageCommandOutput } from '@aws-sdk/client-ecr'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { deleteImageDocument, imagesOf, isFailure, removeTag, resolveImage } from './image.ts'
import type { Image, ImageId } from './image.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/**
 * By digest the image goes with all its tags; by tag only the tag goes, and the image with its last tag
 * (Amazon ECR API Reference, BatchDeleteImage). The layers go some time later (garbage.ts): another push may count on them.
 */
export const batchDeleteImage = operation<BatchDeleteImageCommandInput, BatchDeleteImageCommandOutput>(
  'ecr',
  'BatchDeleteImage',
  {
    needs: onRepository('BatchDeleteImage'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      const { deleted, failures } = world.store.transaction(() => {
        findRepository(world, id)
        const results = (input.imageIds ?? []).map((imageId) => deleteOne(world, id, imageId))
        return {
          deleted: results.flatMap((result) => ('failureCode' in result ? [] : result.deleted)),
          failures: results.flatMap((result) => ('failureCode' in result ? [result] : [])),
        }
      })
      return { imageIds: deleted, failures }
    },
  },
)

function deleteOne(world: World, id: RepositoryId, imageId: ImageId) {
  const image = resolveImage(world, id, imageId)
  if (isFailure(image)) return image
  const { imageDigest, imageTags } = image
  const { imageTag } = imageId
  if (imageTag !== undefined && imageTags.length > 1) {
    removeTag(world, id, imageTag, image)
    return { deleted: [{ imageDigest, imageTag }] }
  }
  const index = imagesOf(world, id).find(({ manifests }) => manifests.includes(imageDigest))
  if (index)
    return {
      imageId,
      failureCode: 'ImageReferencedByManifestList' as const,
      failureReason: `Requested image referenced by manifest list: [${index.imageDigest}]`,
    }
  deleteImageDocument(world, id, image)
  return { deleted: entriesOf(image) }
}

function entriesOf({ imageDigest, imageTags }: Image): ImageId[] {
  return imageTags.length > 0 ? imageTags.map((imageTag) => ({ imageDigest, imageTag })) : [{ imageDigest }]
}
