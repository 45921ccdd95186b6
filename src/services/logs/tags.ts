import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
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

export const tagResource = operation<TagResourceCommandInput, TagResourceCommandOutput>('logs', 'TagResource', {
  needs: (input, call) => [tagNeed('TagResource', taggable(input.resourceArn), call, requestTagKeys(input.tags))],
  perform: (input, { world: { store } }) => {
    const id = taggable(input.resourceArn)
    return store.transaction(() => {
      const group = findGroup(store, id)
      const tags = { ...group.tags, ...input.tags }
      if (Object.keys(tags).length > TAGS_MAX) {
        // inferred: sentence
        throw new AwsError('TooManyTagsException', `A resource can have no more than ${TAGS_MAX} tags.`)
      }
      store.put<LogGroup>('logs/group', groupKey(id), { ...group, tags })
      return {}
    })
  },
})

export const untagResource = operation<UntagResourceCommandInput, UntagResourceCommandOutput>('logs', 'UntagResource', {
  needs: (input, call) => [
    tagNeed('UntagResource', taggable(input.resourceArn), call, { 'aws:TagKeys': input.tagKeys }),
  ],
  perform: (input, { world: { store } }) => {
    const id = taggable(input.resourceArn)
    return store.transaction(() => {
      const group = findGroup(store, id)
      const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key)))
      store.put<LogGroup>('logs/group', groupKey(id), { ...group, tags })
      return {}
    })
  },
})

export const listTagsForResource = operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'logs',
  'ListTagsForResource',
  {
    needs: (input, call) => [tagNeed('ListTagsForResource', taggable(input.resourceArn), call)],
    perform: (input, { world: { store } }) => ({ tags: { ...findGroup(store, taggable(input.resourceArn)).tags } }),
  },
)
