import type { GetDownloadUrlForLayerCommandInput, GetDownloadUrlForLayerCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { layerNotFound } from './errors.ts'
import { findLayer } from './layer.ts'
import { presignLayer } from './layer-bucket.ts'
import { openForReading } from './repository-key.ts'
import { onRepository, repositoryId } from './repository.ts'

export const getDownloadUrlForLayer = operation<
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput
>('ecr', 'GetDownloadUrlForLayer', {
  needs: onRepository('GetDownloadUrlForLayer'),
  perform: async (input, permit) => {
    const { call, world } = permit
    const id = repositoryId(input, call)
    const { layerDigest } = input
    await openForReading(permit, id)
    const layer = findLayer(world, id, layerDigest)
    if (!layer) throw layerNotFound(id, layerDigest)
    return { downloadUrl: presignLayer(call, id, layer), layerDigest }
  },
})
