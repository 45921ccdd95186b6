import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { findGroup, groupIdOfArn, groupKey, requestTagKeys, tagNeed, type GroupId, type LogGroup } from './log-group.ts'

const TAGS_MAX = 50

/** Of the resources that Logs can tag, only groups are built. inferred: the sentence. */
function taggable(arn: string): GroupId {
  const id = groupIdOfArn(arn)
  if (!id) throw new AwsError('InvalidParameterException', `The resource ARN '${arn}' is not the ARN of a log group.`)
  return id
}

export function addTags(store: Store, id: GroupId, added: Readonly<Record<string, string>>): Record<string, never> {
  return store.transaction(() => {
    const group = findGroup(store, id)
    const tags = { ...group.tags, ...added }
    if (Object.keys(tags).length > TAGS_MAX) {
      // inferred: sentence
      throw new AwsError('TooManyTagsException', `A resource can have no more than ${TAGS_MAX} tags.`)
    }
    store.put<LogGroup>('logs/group', groupKey(id), { ...group, tags })
    return {}
  })
}

export function removeTags(store: Store, id: GroupId, keys: readonly string[]): Record<string, never> {
  return store.transaction(() => {
    const group = findGroup(store, id)
    const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)))
    store.put<LogGroup>('logs/group', groupKey(id), { ...group, tags })
    return {}
  })
}

export const tagResource = operation<TagResourceCommandInput, TagResourceCommandOutput>('logs', 'TagResource', {
  needs: (input, call) => [tagNeed('TagResource', taggable(input.resourceArn), call, requestTagKeys(input.tags))],
  perform: (input, { world: { store } }) => addTags(store, taggable(input.resourceArn), input.tags),
})

export const untagResource = operation<UntagResourceCommandInput, UntagResourceCommandOutput>('logs', 'UntagResource', {
  needs: (input, call) => [
    tagNeed('UntagResource', taggable(input.resourceArn), call, { 'aws:TagKeys': input.tagKeys }),
  ],
  perform: (input, { world: { store } }) => removeTags(store, taggable(input.resourceArn), input.tagKeys),
})

export const listTagsForResource = operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'logs',
  'ListTagsForResource',
  {
    needs: (input, call) => [tagNeed('ListTagsForResource', taggable(input.resourceArn), call)],
    perform: (input, { world: { store } }) => ({ tags: { ...findGroup(store, taggable(input.resourceArn)).tags } }),
  },
)
