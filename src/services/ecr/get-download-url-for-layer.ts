import type { GetDownloadUrlForLayerCommandInput, GetDownloadUrlForLayerCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { layerNotFound } from './errors.ts'
import { findLayer } from './layer.ts'
import { presignLayer } from './layer-bucket.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

export const getDownloadUrlForLayer = operation<
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput
>('ecr', 'GetDownloadUrlForLayer', {
  needs: onRepository('GetDownloadUrlForLayer'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    const { layerDigest } = input
    findRepository(world, id)
    const layer = findLayer(world, id, layerDigest)
    if (!layer) throw layerNotFound(id, layerDigest)
    return { downloadUrl: presignLayer(call, id, layer), layerDigest }
  },
})
