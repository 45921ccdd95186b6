import type { DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput } from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import type { Call } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { page } from './page.ts'
import { findRepository, repositoryArn, repositoryId, repositoryNeed } from './repository.ts'
import type { Repository } from './repository.ts'

const idOf = (repositoryName: string, registryId: string | undefined, call: Call) =>
  repositoryId({ repositoryName, ...(registryId !== undefined && { registryId }) }, call)

/** Without names it lists the whole registry, and asks for `repository/*`. */
export const describeRepositories = operation<DescribeRepositoriesCommandInput, DescribeRepositoriesCommandOutput>(
  'ecr',
  'DescribeRepositories',
  {
    needs: (input, call) =>
      input.repositoryNames?.length
        ? input.repositoryNames.map((name) =>
            repositoryNeed('DescribeRepositories', idOf(name, input.registryId, call), call),
          )
        : [need('ecr:DescribeRepositories', repositoryArn(idOf('*', input.registryId, call)))],
    perform: (input, { call, world }) => {
      if (input.repositoryNames?.length)
        return {
          repositories: input.repositoryNames.map(
            (name) => findRepository(world, idOf(name, input.registryId, call)).repository,
          ),
        }
      const prefix = `${input.registryId ?? call.account}/${call.region}/`
      const { items, nextToken } = page(
        world.store.list<Repository>('ecr/repository', { prefix }),
        (row) => row.value.repository.repositoryName ?? '',
        input,
      )
      return { repositories: items.map((row) => row.value.repository), ...(nextToken && { nextToken }) }
    },
  },
)
