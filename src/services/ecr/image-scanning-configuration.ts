import type {
  BatchGetRepositoryScanningConfigurationCommandInput,
  BatchGetRepositoryScanningConfigurationCommandOutput,
  PutImageScanningConfigurationCommandInput,
  PutImageScanningConfigurationCommandOutput,
} from '@aws-sdk/client-ecr'
import { operation } from '../operation.ts'
import { findRepository, onRepository, repositoryId, repositoryKey, repositoryNeed } from './repository.ts'
import type { Repository } from './repository.ts'

/** A record: nothing is scanned here. */
export const putImageScanningConfiguration = operation<
  PutImageScanningConfigurationCommandInput,
  PutImageScanningConfigurationCommandOutput
>('ecr', 'PutImageScanningConfiguration', {
  needs: onRepository('PutImageScanningConfiguration'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    const imageScanningConfiguration = { scanOnPush: input.imageScanningConfiguration.scanOnPush ?? false }
    return world.store.transaction(() => {
      const found = findRepository(world, id)
      world.store.put<Repository>('ecr/repository', repositoryKey(id), {
        ...found,
        repository: { ...found.repository, imageScanningConfiguration },
      })
      return { registryId: id.account, repositoryName: id.name, imageScanningConfiguration }
    })
  },
})

export const batchGetRepositoryScanningConfiguration = operation<
  BatchGetRepositoryScanningConfigurationCommandInput,
  BatchGetRepositoryScanningConfigurationCommandOutput
>('ecr', 'BatchGetRepositoryScanningConfiguration', {
  needs: (input, call) =>
    input.repositoryNames.map((repositoryName) =>
      repositoryNeed('BatchGetRepositoryScanningConfiguration', repositoryId({ repositoryName }, call), call),
    ),
  perform: (input, { call, world }) => {
    const found = input.repositoryNames.map((repositoryName) => ({
      repositoryName,
      document: world.store.get<Repository>('ecr/repository', repositoryKey(repositoryId({ repositoryName }, call))),
    }))
    return {
      scanningConfigurations: found.flatMap(({ repositoryName, document }) => {
        if (!document) return []
        const { repositoryArn, imageScanningConfiguration } = document.repository
        const scanOnPush = imageScanningConfiguration?.scanOnPush ?? false
        return {
          ...(repositoryArn !== undefined && { repositoryArn }),
          repositoryName,
          scanOnPush,
          scanFrequency: scanOnPush ? ('SCAN_ON_PUSH' as const) : ('MANUAL' as const),
          appliedScanFilters: [],
        }
      }),
      failures: found
        .filter(({ document }) => !document)
        .map(({ repositoryName }) => ({
          repositoryName,
          failureCode: 'REPOSITORY_NOT_FOUND' as const,
          failureReason: 'REPOSITORY_NOT_FOUND', // inferred
        })),
    }
  },
})
