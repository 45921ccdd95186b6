import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-ecr'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { findRepository, repositoryKey, repositoryNeed, requestTagKeys } from './repository.ts'
import type { Repository, RepositoryId } from './repository.ts'

/** Amazon ECR User Guide, "Tagging a private repository": at most 50. */
const TAGS_MAX = 50

/** `tags` laid over `before`; TooManyTagsException beyond 50. */
export function mergeTags(
  before: Record<string, string>,
  tags: readonly { Key?: string; Value?: string }[],
): Record<string, string> {
  const merged = { ...before, ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])) }
  // inferred: the sentences.
  if (Object.keys(merged).some((key) => key.toLowerCase().startsWith('aws:')))
    throw new AwsError('InvalidTagParameterException', "Tag keys must not start with 'aws:'")
  if (Object.keys(merged).length > TAGS_MAX)
    throw new AwsError('TooManyTagsException', `The resource can have at most ${TAGS_MAX} tags`)
  return merged
}

/** `arn:aws:ecr:REGION:ACCOUNT:repository/NAME`; anything else is no resource of ECR that can be tagged. */
function repositoryOfArn(arn = ''): RepositoryId {
  const match = /^arn:aws[a-z-]*:ecr:([a-z0-9-]+):(\d{12}):repository\/(.+)$/.exec(arn)
  const [, region, account, name] = match ?? []
  // inferred: the constraint's words.
  if (!region || !account || !name) throw invalidParameter('resourceArn', 'Invalid ARN')
  return { account, region, name }
}

export const tagResource = operation<TagResourceCommandInput, TagResourceCommandOutput>('ecr', 'TagResource', {
  needs: (input, call) => [
    repositoryNeed('TagResource', repositoryOfArn(input.resourceArn), call, requestTagKeys(input.tags)),
  ],
  perform: (input, { world }) => {
    const id = repositoryOfArn(input.resourceArn)
    return world.store.transaction(() => {
      const found = findRepository(world, id)
      const tags = mergeTags(found.tags, input.tags ?? [])
      world.store.put<Repository>('ecr/repository', repositoryKey(id), { ...found, tags })
      return {}
    })
  },
})

export const untagResource = operation<UntagResourceCommandInput, UntagResourceCommandOutput>('ecr', 'UntagResource', {
  needs: (input, call) => [
    repositoryNeed('UntagResource', repositoryOfArn(input.resourceArn), call, { 'aws:TagKeys': input.tagKeys ?? [] }),
  ],
  perform: (input, { world }) => {
    const id = repositoryOfArn(input.resourceArn)
    return world.store.transaction(() => {
      const found = findRepository(world, id)
      const tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !input.tagKeys?.includes(key)))
      world.store.put<Repository>('ecr/repository', repositoryKey(id), { ...found, tags })
      return {}
    })
  },
})

export const listTagsForResource = operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'ecr',
  'ListTagsForResource',
  {
    needs: (input, call) => [repositoryNeed('ListTagsForResource', repositoryOfArn(input.resourceArn), call)],
    perform: (input, { world }) => {
      const { tags } = findRepository(world, repositoryOfArn(input.resourceArn))
      return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
    },
  },
)
