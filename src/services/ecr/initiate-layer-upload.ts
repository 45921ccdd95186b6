import { randomUUID } from 'node:crypto'
import type { InitiateLayerUploadCommandInput, InitiateLayerUploadCommandOutput } from '@aws-sdk/client-ecr'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { layerNotFound } from './errors.ts'
import { contentKey, findLayer, mountLayer, UPLOADS, type Upload } from './layer.ts'
import { accountSetting } from './account-setting.ts'
import { findRepository, repositoryId, repositoryNeed } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Bytes that a client should send in one part; every ECR client reads it from the answer. */
const PART_SIZE = 10 * 1024 * 1024

/** What docker's protocol asks beyond the model: to take the layer over from a repository next door. */
interface Mount {
  layerDigest: string
  fromRepositoryName: string
}

type Input = InitiateLayerUploadCommandInput & { mount?: Mount }
type Output = InitiateLayerUploadCommandOutput & { mounted?: boolean }

/**
 * A mount asks `ecr:GetDownloadUrlForLayer` of the repository that has the layer, too (Amazon ECR User Guide, "Blob mounting
 * in Amazon ECR").
 */
export const initiateLayerUpload = operation<Input, Output>('ecr', 'InitiateLayerUpload', {
  needs: (input, call) => {
    const id = repositoryId(input, call)
    const { mount } = input
    return [
      repositoryNeed('InitiateLayerUpload', id, call),
      ...(mount ? [repositoryNeed('GetDownloadUrlForLayer', { ...id, name: mount.fromRepositoryName }, call)] : []),
    ]
  },
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    return world.store.transaction(() => {
      findRepository(world, id)
      if (input.mount) return mount(world, id, input.mount)
      const uploadId = randomUUID()
      const upload: Upload = { uploadId, createdAt: call.time / 1000, parts: [] }
      world.store.put(UPLOADS, contentKey(id, uploadId), upload)
      return { uploadId, partSize: PART_SIZE }
    })
  },
})

/** Only where the registry's setting says so, and between repositories that are encrypted alike. */
function mount(world: World, id: RepositoryId, { layerDigest, fromRepositoryName }: Mount): { mounted: boolean } {
  if (accountSetting(world.store, id, 'BLOB_MOUNTING') !== 'ENABLED') return { mounted: false }
  const from = { ...id, name: fromRepositoryName }
  const encryptions = [id, from].map((one) => findRepository(world, one).repository.encryptionConfiguration)
  const [here, there] = encryptions.map((one) => `${one?.encryptionType} ${one?.kmsKey}`)
  const layer = findLayer(world, from, layerDigest)
  if (!layer) throw layerNotFound(from, layerDigest)
  if (here !== there) return { mounted: false }
  mountLayer(world, id, layer)
  return { mounted: true }
}
