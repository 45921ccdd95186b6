import { createHash } from 'node:crypto'
import type { PutImageCommandInput, PutImageCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import {
  imageAlreadyExists,
  imageDigestDoesNotMatch,
  imageTagAlreadyExists,
  layersNotFound,
  referencedImagesNotFound,
} from './errors.ts'
import { imageByDigest, imageByTag, moveTag, putImageDocument } from './image.ts'
import type { Image } from './image.ts'
import { findLayer } from './layer.ts'
import { parseManifest } from './manifest.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'
import { isMutable } from './tag-mutability.ts'

/** The last step of a push: what the manifest names must lie in the same repository already. */
export const putImage = operation<PutImageCommandInput, PutImageCommandOutput>('ecr', 'PutImage', {
  needs: onRepository('PutImage'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    const { imageManifest, imageTag } = input
    const manifest = parseManifest(imageManifest, input.imageManifestMediaType)
    const imageDigest = `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`
    if (input.imageDigest !== undefined && input.imageDigest !== imageDigest)
      throw imageDigestDoesNotMatch(input.imageDigest, imageDigest)

    return world.store.transaction(() => {
      const { repository } = findRepository(world, id)
      const existing = imageByDigest(world, id, imageDigest)
      if (existing && (imageTag === undefined || existing.imageTags.includes(imageTag)))
        throw imageAlreadyExists(id, imageDigest, imageTag)
      if (imageTag !== undefined && imageByTag(world, id, imageTag) && !isMutable(repository, imageTag))
        throw imageTagAlreadyExists(id, imageTag)

      const image = existing ?? newImage()
      if (imageTag === undefined) putImageDocument(world, id, image)
      else moveTag(world, id, imageTag, image)
      return {
        image: {
          registryId: id.account,
          repositoryName: id.name,
          imageId: { imageDigest, ...(imageTag !== undefined && { imageTag }) },
          imageManifest,
          imageManifestMediaType: manifest.mediaType,
        },
      }
    })

    function newImage(): Image {
      const missing = manifest.layers.filter(({ digest }) => !findLayer(world, id, digest))
      if (missing.length > 0) throw layersNotFound(id, digestsOf(missing))
      const absent = manifest.manifests.filter(({ digest }) => !imageByDigest(world, id, digest))
      if (absent.length > 0) throw referencedImagesNotFound(id, digestsOf(absent))
      return {
        imageDigest,
        imageManifest,
        imageManifestMediaType: manifest.mediaType,
        ...(manifest.artifactMediaType !== undefined && { artifactMediaType: manifest.artifactMediaType }),
        imagePushedAt: call.time / 1000,
        // AWS counts what is stored compressed: the layers' own sizes, not what the manifest claims.
        imageSizeInBytes: manifest.layers.reduce(
          (sum, { digest }) => sum + (findLayer(world, id, digest)?.layerSize ?? 0),
          0,
        ),
        layers: digestsOf(manifest.layers),
        manifests: digestsOf(manifest.manifests),
        imageTags: [],
      }
    }
  },
})

const digestsOf = (descriptors: readonly { digest: string }[]) => descriptors.map(({ digest }) => digest)
