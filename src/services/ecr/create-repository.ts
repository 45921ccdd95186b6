import type { CreateRepositoryCommandInput, CreateRepositoryCommandOutput } from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { repositoryAlreadyExists } from './errors.ts'
import {
  registryHost,
  repositoryArn,
  repositoryId,
  repositoryKey,
  repositoryNeed,
  requestTagKeys,
} from './repository.ts'
import type { Repository } from './repository.ts'
import { returnKey, takeKey } from './repository-key.ts'
import { assertMutability } from './tag-mutability.ts'
import { mergeTags } from './tags.ts'

/** Tags at creation ask `ecr:TagResource` too (seen live, though the service authorization reference is silent). */
export const createRepository = operation<CreateRepositoryCommandInput, CreateRepositoryCommandOutput>(
  'ecr',
  'CreateRepository',
  {
    needs: (input, call) => {
      const id = repositoryId(input, call)
      const tagKeys = requestTagKeys(input.tags)
      return [
        repositoryNeed('CreateRepository', id, call, tagKeys),
        ...(input.tags?.length ? [repositoryNeed('TagResource', id, call, tagKeys)] : []),
      ]
    },
    perform: async (input, permit) => {
      const { call, world } = permit
      const id = repositoryId(input, call)
      assertMutability(input)
      const tags = mergeTags({}, input.tags ?? [])
      if (world.store.get('ecr/repository', repositoryKey(id))) throw repositoryAlreadyExists(id)
      const { encryptionConfiguration: encryption } = input
      const key = await takeKey(permit, id, encryption)
      const document: Repository = {
        repository: {
          repositoryArn: repositoryArn(id),
          registryId: id.account,
          repositoryName: id.name,
          repositoryUri: `${registryHost(id)}/${id.name}`,
          createdAt: call.time / 1000,
          imageTagMutability: input.imageTagMutability ?? 'MUTABLE',
          ...(input.imageTagMutabilityExclusionFilters && {
            imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
          }),
          imageScanningConfiguration: { scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false },
          encryptionConfiguration: {
            encryptionType: encryption?.encryptionType ?? 'AES256',
            ...(key && { kmsKey: key.keyArn }),
          },
        },
        tags,
        ...(key && { key }),
      }
      // Somebody may have been faster while KMS was asked.
      const isNew = world.store.transaction(() => {
        if (world.store.get('ecr/repository', repositoryKey(id))) return false
        world.store.put('ecr/repository', repositoryKey(id), document)
        return true
      })
      if (!isNew) {
        await returnKey(permit, id, key)
        throw repositoryAlreadyExists(id)
      }
      return { repository: document.repository }
    },
  },
)
