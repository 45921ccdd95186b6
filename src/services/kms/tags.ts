import type {
  ListResourceTagsCommandInput,
  ListResourceTagsCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-kms'
import { updateKey } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { requireNotDeleted, requireNotManaged } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onOwnKey, requestTagKeys } from './needs.ts'
import { page } from './page.ts'
import { mergeTags } from './tag-list.ts'

export const tagResource = kmsOperation<TagResourceCommandInput, TagResourceCommandOutput>('TagResource', {
  needs: onOwnKey('TagResource', { options: ({ Tags }) => ({ context: requestTagKeys(Tags) }) }),
  perform: ({ KeyId, Tags }, { call, world }) => {
    updateKey(world, parseKeyOnly(KeyId, call), (key) => {
      requireNotManaged(key)
      requireNotDeleted(key)
      return { ...key, tags: mergeTags(key.tags, Tags) }
    })
    return {}
  },
})

export const untagResource = kmsOperation<UntagResourceCommandInput, UntagResourceCommandOutput>('UntagResource', {
  needs: onOwnKey('UntagResource', { options: ({ TagKeys }) => ({ context: { 'aws:TagKeys': TagKeys } }) }),
  perform: ({ KeyId, TagKeys }, { call, world }) => {
    updateKey(world, parseKeyOnly(KeyId, call), (key) => {
      requireNotManaged(key)
      requireNotDeleted(key)
      return { ...key, tags: Object.fromEntries(Object.entries(key.tags).filter(([name]) => !TagKeys.includes(name))) }
    })
    return {}
  },
})

export const listResourceTags = kmsOperation<ListResourceTagsCommandInput, ListResourceTagsCommandOutput>(
  'ListResourceTags',
  {
    needs: onOwnKey('ListResourceTags'),
    perform: (input, { call, world }) => {
      const tags = Object.entries(openKey(world, parseKeyOnly(input.KeyId, call)).tags).sort(([a], [b]) =>
        a < b ? -1 : 1,
      )
      const { items, more } = page(tags, ([name]) => name, input, 50)
      return { Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...more }
    },
  },
)
