import type {
  ImageTagMutability,
  ImageTagMutabilityExclusionFilter,
  PutImageTagMutabilityCommandInput,
  PutImageTagMutabilityCommandOutput,
} from '@aws-sdk/client-ecr'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { findRepository, onRepository, repositoryId, repositoryKey } from './repository.ts'
import type { Repository } from './repository.ts'

interface Mutability {
  imageTagMutability?: ImageTagMutability
  imageTagMutabilityExclusionFilters?: Shape<ImageTagMutabilityExclusionFilter>[]
}

/** May this tag be moved from one image to another? The `…_WITH_EXCLUSION` kinds turn round for tags that a filter matches. */
export function isMutable(
  { imageTagMutability, imageTagMutabilityExclusionFilters }: Mutability,
  tag: string,
): boolean {
  const mutable = !imageTagMutability?.startsWith('IMMUTABLE')
  const excluded =
    imageTagMutability?.endsWith('_WITH_EXCLUSION') &&
    imageTagMutabilityExclusionFilters?.some(({ filter }) => wildcard(filter ?? '').test(tag))
  return excluded ? !mutable : mutable
}

function wildcard(filter: string): RegExp {
  return new RegExp(`^${filter.replaceAll(/[^\w*]/g, String.raw`\$&`).replaceAll('*', '.*')}$`)
}

// inferred: the sentences.
export function assertMutability({
  imageTagMutability,
  imageTagMutabilityExclusionFilters: filters,
}: Mutability): void {
  const excluding = imageTagMutability?.endsWith('_WITH_EXCLUSION') ?? false
  if (excluding && !filters?.length)
    throw invalidParameter(
      'imageTagMutabilityExclusionFilters',
      'Member must not be empty for this image tag mutability',
    )
  if (!excluding && filters?.length)
    throw invalidParameter('imageTagMutabilityExclusionFilters', 'Member must be empty for this image tag mutability')
  if (filters?.some(({ filter }) => filter.split('*').length > 3))
    throw invalidParameter('imageTagMutabilityExclusionFilters', 'A filter must not have more than two wildcards')
}

export const putImageTagMutability = operation<PutImageTagMutabilityCommandInput, PutImageTagMutabilityCommandOutput>(
  'ecr',
  'PutImageTagMutability',
  {
    needs: onRepository('PutImageTagMutability'),
    perform: (input, { call, world }) => {
      const id = repositoryId(input, call)
      assertMutability(input)
      const mutability = {
        imageTagMutability: input.imageTagMutability,
        imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
      } as Required<Mutability>
      return world.store.transaction(() => {
        const found = findRepository(world, id)
        world.store.put<Repository>('ecr/repository', repositoryKey(id), {
          ...found,
          repository: { ...found.repository, ...mutability },
        })
        return { registryId: id.account, repositoryName: id.name, ...mutability }
      })
    },
  },
)
