import type { ImageIdentifier } from '@aws-sdk/client-ecr'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { contentPrefix } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Document `ecr/image`, keyed `account/region/name@sha256:…`. */
export interface Image {
  imageDigest: string
  /** Byte for byte as it was pushed: the digest is taken over it. */
  imageManifest: string
  imageManifestMediaType: string
  artifactMediaType?: string
  /** Digest of the image that it is about: a signature's, say. */
  subject?: string
  artifactType?: string
  annotations?: Readonly<Record<string, string>>
  /** Epoch seconds. */
  imagePushedAt: number
  imageSizeInBytes: number
  /** Digests of its layers and of its configuration; empty for an index. */
  layers: readonly string[]
  /** Digests of the images that an index stands for. */
  manifests: readonly string[]
  /** Sorted. */
  imageTags: readonly string[]
  /** Epoch seconds of the last BatchGetImage. */
  lastRecordedPullTime?: number
}

/** Document `ecr/tag`, keyed `account/region/name@tag`: which image a tag names. */
export interface Tag {
  imageDigest: string
}

export type ImageId = Shape<ImageIdentifier>

const key = (id: RepositoryId, name: string) => contentPrefix(id) + name

/** All images of a repository, by digest. */
export function imagesOf(world: World, id: RepositoryId): Image[] {
  return world.store.list<Image>('ecr/image', { prefix: contentPrefix(id) }).map((row) => row.value)
}

export function imageByDigest(world: World, id: RepositoryId, imageDigest: string): Image | undefined {
  return world.store.get<Image>('ecr/image', key(id, imageDigest))
}

export function imageByTag(world: World, id: RepositoryId, imageTag: string): Image | undefined {
  const tag = world.store.get<Tag>('ecr/tag', key(id, imageTag))
  return tag && imageByDigest(world, id, tag.imageDigest)
}

export function putImageDocument(world: World, id: RepositoryId, image: Image): void {
  world.store.put('ecr/image', key(id, image.imageDigest), image)
}

export function deleteImageDocument(world: World, id: RepositoryId, image: Image): void {
  for (const imageTag of image.imageTags) world.store.delete('ecr/tag', key(id, imageTag))
  world.store.delete('ecr/image', key(id, image.imageDigest))
}

/** Points a tag at an image, taking it from the image that had it; returns the image with its new tags. */
export function moveTag(world: World, id: RepositoryId, imageTag: string, to: Image): Image {
  const before = imageByTag(world, id, imageTag)
  if (before && before.imageDigest !== to.imageDigest) removeTag(world, id, imageTag, before)
  const image = { ...to, imageTags: [...new Set([...to.imageTags, imageTag])].toSorted() }
  putImageDocument(world, id, image)
  world.store.put<Tag>('ecr/tag', key(id, imageTag), { imageDigest: to.imageDigest })
  return image
}

export function removeTag(world: World, id: RepositoryId, imageTag: string, from: Image): void {
  putImageDocument(world, id, { ...from, imageTags: from.imageTags.filter((tag) => tag !== imageTag) })
  world.store.delete('ecr/tag', key(id, imageTag))
}

export interface ImageFailure {
  imageId: ImageId
  failureCode: 'InvalidImageDigest' | 'ImageTagDoesNotMatchDigest' | 'ImageNotFound' | 'MissingDigestAndTag'
  failureReason: string
}

/** The image that an identifier names, or the failure entry of the Batch* operations. */
export function resolveImage(world: World, id: RepositoryId, imageId: ImageId): Image | ImageFailure {
  const { imageDigest, imageTag } = imageId
  const failure = (failureCode: ImageFailure['failureCode'], failureReason: string) => ({
    imageId,
    failureCode,
    failureReason,
  })
  if (imageDigest === undefined && imageTag === undefined)
    return failure('MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null')
  if (imageDigest !== undefined && !/^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/.test(imageDigest))
    return failure(
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    )
  const image =
    imageDigest === undefined ? imageByTag(world, id, imageTag ?? '') : imageByDigest(world, id, imageDigest)
  if (!image) return failure('ImageNotFound', 'Requested image not found')
  if (imageDigest !== undefined && imageTag !== undefined && !image.imageTags.includes(imageTag))
    return imageByTag(world, id, imageTag)
      ? failure('ImageTagDoesNotMatchDigest', 'Requested image digest and tag do not match') // inferred: the sentence
      : failure('ImageNotFound', 'Requested image not found')
  return image
}

export function isFailure(found: Image | ImageFailure): found is ImageFailure {
  return 'failureCode' in found
}
