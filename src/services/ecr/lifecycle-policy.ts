import type {
  DeleteLifecyclePolicyCommandInput,
  DeleteLifecyclePolicyCommandOutput,
  GetLifecyclePolicyCommandInput,
  GetLifecyclePolicyCommandOutput,
  PutLifecyclePolicyCommandInput,
  PutLifecyclePolicyCommandOutput,
} from '@aws-sdk/client-ecr'
import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { lifecyclePolicyNotFound } from './errors.ts'
import { parseLifecyclePolicy } from './lifecycle-rules.ts'
import { findRepository, onRepository, repositoryId, repositoryKey } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/** Document `ecr/lifecycle-policy`, keyed `account/region/name`. */
export interface LifecyclePolicy {
  /** As its author wrote it. */
  text: string
  /** Epoch seconds of the last look through the repository. */
  evaluatedAt: number
}

export const LIFECYCLE_POLICIES = 'ecr/lifecycle-policy'

function findPolicy(world: World, id: RepositoryId): LifecyclePolicy {
  findRepository(world, id)
  const found = lifecyclePolicyOf(world.store, id)
  if (!found) throw lifecyclePolicyNotFound(id)
  return found
}

export function lifecyclePolicyOf(store: Store, id: RepositoryId): LifecyclePolicy | undefined {
  return store.get<LifecyclePolicy>(LIFECYCLE_POLICIES, repositoryKey(id))
}

export const putLifecyclePolicy = operation<PutLifecyclePolicyCommandInput, PutLifecyclePolicyCommandOutput>(
  'ecr',
  'PutLifecyclePolicy',
  {
    needs: onRepository('PutLifecyclePolicy'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      const { lifecyclePolicyText } = input
      return world.store.transaction(() => {
        findRepository(world, id)
        parseLifecyclePolicy(lifecyclePolicyText)
        const policy: LifecyclePolicy = { text: lifecyclePolicyText, evaluatedAt: 0 }
        world.store.put(LIFECYCLE_POLICIES, repositoryKey(id), policy)
        return { registryId: id.account, repositoryName: id.name, lifecyclePolicyText }
      })
    },
  },
)

export const getLifecyclePolicy = operation<GetLifecyclePolicyCommandInput, GetLifecyclePolicyCommandOutput>(
  'ecr',
  'GetLifecyclePolicy',
  {
    needs: onRepository('GetLifecyclePolicy'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      return shown(id, findPolicy(world, id))
    },
  },
)

export const deleteLifecyclePolicy = operation<DeleteLifecyclePolicyCommandInput, DeleteLifecyclePolicyCommandOutput>(
  'ecr',
  'DeleteLifecyclePolicy',
  {
    needs: onRepository('DeleteLifecyclePolicy'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      return world.store.transaction(() => {
        const found = findPolicy(world, id)
        world.store.delete(LIFECYCLE_POLICIES, repositoryKey(id))
        return shown(id, found)
      })
    },
  },
)

/** A policy that nothing was looked through with yet was evaluated at the beginning of time, as AWS shows it. */
function shown(id: RepositoryId, { text, evaluatedAt }: LifecyclePolicy) {
  return {
    registryId: id.account,
    repositoryName: id.name,
    lifecyclePolicyText: text,
    lastEvaluatedAt: evaluatedAt,
  }
}
