import type { ListImagesCommandInput, ListImagesCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { imagesOf } from './image.ts'
import type { ImageId } from './image.ts'
import { page } from './page.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

/** One entry a tag; an untagged image has one entry without. */
export const listImages = operation<ListImagesCommandInput, ListImagesCommandOutput>('ecr', 'ListImages', {
  needs: onRepository('ListImages'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    findRepository(world, id)
    const { tagStatus = 'ANY' } = input.filter ?? {}
    const entries = imagesOf(world, id).flatMap(({ imageDigest, imageTags }): ImageId[] =>
      imageTags.length > 0 ? imageTags.map((imageTag) => ({ imageDigest, imageTag })) : [{ imageDigest }],
    )
    const wanted = entries.filter(
      ({ imageTag }) => tagStatus === 'ANY' || (imageTag !== undefined) === (tagStatus === 'TAGGED'),
    )
    const { items, nextToken } = page(wanted, ({ imageDigest, imageTag = '' }) => `${imageDigest}@${imageTag}`, input)
    return { imageIds: items, ...(nextToken !== undefined && { nextToken }) }
  },
})
