import type { GetDownloadUrlForLayerCommandInput, GetDownloadUrlForLayerCommandOutput } from '@aws-sdk/client-ecr'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { layerInaccessible } from './errors.ts'
import { findLayer } from './layer.ts'
import { findRepository, onRepository, repositoryId } from './repository.ts'

export const getDownloadUrlForLayer = operation<
  GetDownloadUrlForLayerCommandInput,
  GetDownloadUrlForLayerCommandOutput
>('ecr', 'GetDownloadUrlForLayer', {
  needs: onRepository('GetDownloadUrlForLayer'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    findRepository(world, id)
    const layer = findLayer(world, id, input.layerDigest ?? '')
    if (!layer) throw layerInaccessible(id, input.layerDigest ?? '')
    throw new AwsError('NotImplemented', 'later', 501)
  },
})
