import type {
  ListTagsLogGroupCommandInput,
  ListTagsLogGroupCommandOutput,
  TagLogGroupCommandInput,
  TagLogGroupCommandOutput,
  UntagLogGroupCommandInput,
  UntagLogGroupCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { findGroup, groupId, logsNeed, requestTagKeys } from './log-group.ts'
import { addTags, removeTags } from './tags.ts'

/** The older names of TagResource and its siblings, which AWS still answers; they ask for rights of their own. */
export const tagLogGroup = operation<TagLogGroupCommandInput, TagLogGroupCommandOutput>('logs', 'TagLogGroup', {
  needs: (input, call) => [
    logsNeed('TagLogGroup', groupId(input, call), call, { context: requestTagKeys(input.tags) }),
  ],
  perform: (input, { call, world: { store } }) => addTags(store, groupId(input, call), input.tags),
})

export const untagLogGroup = operation<UntagLogGroupCommandInput, UntagLogGroupCommandOutput>('logs', 'UntagLogGroup', {
  needs: (input, call) => [
    logsNeed('UntagLogGroup', groupId(input, call), call, { context: { 'aws:TagKeys': input.tags } }),
  ],
  perform: (input, { call, world: { store } }) => removeTags(store, groupId(input, call), input.tags),
})

export const listTagsLogGroup = operation<ListTagsLogGroupCommandInput, ListTagsLogGroupCommandOutput>(
  'logs',
  'ListTagsLogGroup',
  {
    needs: (input, call) => [logsNeed('ListTagsLogGroup', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => ({ tags: { ...findGroup(store, groupId(input, call)).tags } }),
  },
)
