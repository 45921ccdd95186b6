import { randomUUID } from 'node:crypto'
import type { InitiateLayerUploadCommandInput, InitiateLayerUploadCommandOutput } from '@aws-sdk/client-ecr'
import type { StoredBytes } from '../../objects/objects.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { contentKey, discard } from './layer.ts'
import type { Upload } from './layer.ts'
import { contentPrefix, findRepository, onRepository, repositoryId } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Bytes that a client should send in one part; every ECR client reads it from the answer. */
const PART_SIZE = 10 * 1024 * 1024

// inferred: AWS does not say how long an unfinished upload is kept.
const ABANDONED_SECONDS = 24 * 3600

export const initiateLayerUpload = operation<InitiateLayerUploadCommandInput, InitiateLayerUploadCommandOutput>(
  'ecr',
  'InitiateLayerUpload',
  {
    needs: onRepository('InitiateLayerUpload'),
    perform: async (input, { call, world }) => {
      const id = repositoryId(input, call)
      const uploadId = randomUUID()
      const abandoned = world.store.transaction(() => {
        findRepository(world, id)
        const bytes = dropAbandoned(world, id, call.time / 1000 - ABANDONED_SECONDS)
        world.store.put<Upload>('ecr/upload', contentKey(id, uploadId), {
          uploadId,
          createdAt: call.time / 1000,
          parts: [],
        })
        return bytes
      })
      await discard(world, abandoned)
      return { uploadId, partSize: PART_SIZE }
    },
  },
)

function dropAbandoned(world: World, id: RepositoryId, before: number): StoredBytes[] {
  return world.store
    .list<Upload>('ecr/upload', { prefix: contentPrefix(id) })
    .filter((row) => row.value.createdAt < before)
    .flatMap((row) => {
      world.store.delete('ecr/upload', row.key)
      return row.value.parts
    })
}
