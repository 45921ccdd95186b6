import type { DescribeImagesCommandInput, DescribeImagesCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { imageNotFound } from './errors.ts'
import { imagesOf, isFailure, resolveImage } from './image.ts'
import { page } from './page.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

export const describeImages = operation<DescribeImagesCommandInput, DescribeImagesCommandOutput>(
  'ecr',
  'DescribeImages',
  {
    needs: onRepository('DescribeImages'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      findRepository(world, id)
      const named = input.imageIds?.map((imageId) => {
        const image = resolveImage(world, id, imageId)
        if (isFailure(image)) throw imageNotFound(id, imageId)
        return image
      })
      const { tagStatus = 'ANY' } = input.filter ?? {}
      const wanted = (named ?? imagesOf(world, id)).filter(
        ({ imageTags }) => tagStatus === 'ANY' || imageTags.length > 0 === (tagStatus === 'TAGGED'),
      )
      const { items, nextToken } = named ? { items: wanted } : page(wanted, (image) => image.imageDigest, input)
      return {
        imageDetails: items.map((image) => ({
          registryId: id.account,
          repositoryName: id.name,
          imageDigest: image.imageDigest,
          ...(image.imageTags.length > 0 && { imageTags: [...image.imageTags] }),
          imageSizeInBytes: image.imageSizeInBytes,
          imagePushedAt: image.imagePushedAt,
          imageManifestMediaType: image.imageManifestMediaType,
          ...(image.artifactMediaType !== undefined && { artifactMediaType: image.artifactMediaType }),
          ...(image.subject !== undefined && { subjectManifestDigest: image.subject }),
          ...(image.lastRecordedPullTime !== undefined && { lastRecordedPullTime: image.lastRecordedPullTime }),
        })),
        ...(nextToken !== undefined && { nextToken }),
      }
    },
  },
)
