import { createHash } from 'node:crypto'
import type { PutImageCommandInput, PutImageCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import {
  imageAlreadyExists,
  imageDigestDoesNotMatch,
  imageTagAlreadyExists,
  invalidParameter,
  layersNotFound,
  referencedImagesNotFound,
} from './errors.ts'
import { imageByDigest, imageByTag, moveTag, putImageDocument } from './image.ts'
import type { Image } from './image.ts'
import { findLayer } from './layer.ts'
import { parseManifest } from './manifest.ts'
import { openForWriting } from './repository-key.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'
import { isMutable } from './tag-mutability.ts'

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/

/** The last step of a push: what the manifest names must lie in the same repository already. */
export const putImage = operation<PutImageCommandInput, PutImageCommandOutput>('ecr', 'PutImage', {
  needs: onRepository('PutImage'),
  perform: async (input, permit) => {
    const { call, world } = permit
    const id = repositoryId(input, call)
    const { imageManifest, imageTag } = input
    // inferred: the form is docker's own; the model only bounds the length.
    if (imageTag !== undefined && !TAG.test(imageTag))
      throw invalidParameter('imageTag', `must satisfy regular expression '${TAG.source}'`)
    const manifest = parseManifest(imageManifest, input.imageManifestMediaType)
    const imageDigest = `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`
    if (input.imageDigest !== undefined && input.imageDigest !== imageDigest)
      throw imageDigestDoesNotMatch(input.imageDigest, imageDigest)

    await openForWriting(permit, id)
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
        ...(manifest.subject !== undefined && { subject: manifest.subject }),
        ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
        ...(manifest.annotations && { annotations: manifest.annotations }),
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
