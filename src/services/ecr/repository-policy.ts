import type {
  DeleteRepositoryPolicyCommandInput,
  DeleteRepositoryPolicyCommandOutput,
  GetRepositoryPolicyCommandInput,
  GetRepositoryPolicyCommandOutput,
  SetRepositoryPolicyCommandInput,
  SetRepositoryPolicyCommandOutput,
} from '@aws-sdk/client-ecr'
import { bindPrincipals } from '../iam/bound-principals.ts'
import { operation } from '../operation.ts'
import { invalidParameter, repositoryPolicyNotFound } from './errors.ts'
import {
  findRepository,
  onRepository,
  repositoryArn,
  repositoryId,
  repositoryKey,
  shownRepositoryPolicy,
} from './repository.ts'
import type { Repository } from './repository.ts'
import { compileRepositoryPolicy } from './repository-policy-text.ts'

export const setRepositoryPolicy = operation<SetRepositoryPolicyCommandInput, SetRepositoryPolicyCommandOutput>(
  'ecr',
  'SetRepositoryPolicy',
  {
    needs: onRepository('SetRepositoryPolicy'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      const { policyText } = input
      return world.store.transaction(() => {
        const found = findRepository(world, id)
        assertCompiles(policyText, repositoryArn(id))
        const { principals: policyPrincipals, stranger } = bindPrincipals(world.store, policyText)
        // github.com/hashicorp/terraform-provider-aws/issues/39064
        if (stranger !== undefined) throw invalidParameter('PolicyText', 'Principal not found')
        world.store.put<Repository>('ecr/repository', repositoryKey(id), { ...found, policyText, policyPrincipals })
        return { registryId: id.account, repositoryName: id.name, policyText }
      })
    },
  },
)

/** AWS tells nobody what is wrong with the policy. */
function assertCompiles(policyText: string, arn: string): void {
  try {
    compileRepositoryPolicy(policyText, arn)
  } catch {
    throw invalidParameter('PolicyText', 'Invalid repository policy provided')
  }
}

export const getRepositoryPolicy = operation<GetRepositoryPolicyCommandInput, GetRepositoryPolicyCommandOutput>(
  'ecr',
  'GetRepositoryPolicy',
  {
    needs: onRepository('GetRepositoryPolicy'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      const policyText = shownRepositoryPolicy(world.store, findRepository(world, id))
      if (policyText === undefined) throw repositoryPolicyNotFound(id)
      return { registryId: id.account, repositoryName: id.name, policyText }
    },
  },
)

export const deleteRepositoryPolicy = operation<
  DeleteRepositoryPolicyCommandInput,
  DeleteRepositoryPolicyCommandOutput
>('ecr', 'DeleteRepositoryPolicy', {
  needs: onRepository('DeleteRepositoryPolicy'),
  perform: (input, { call, world }) => {
    const id = repositoryId(input, call)
    return world.store.transaction(() => {
      const found = findRepository(world, id)
      const policyText = shownRepositoryPolicy(world.store, found)
      if (policyText === undefined) throw repositoryPolicyNotFound(id)
      const { policyText: _text, policyPrincipals: _principals, ...rest } = found
      world.store.put<Repository>('ecr/repository', repositoryKey(id), rest)
      return { registryId: id.account, repositoryName: id.name, policyText }
    })
  },
})
