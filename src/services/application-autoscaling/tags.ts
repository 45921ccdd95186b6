import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { need, type Call, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { requestTags, resourceTags, TARGET, type Target } from './target.ts'

const TAGS_MAX = 50

function find(store: Store, arn: string): { key: string; value: Target } | undefined {
  const [, region, account, id] =
    /^arn:[^:]+:application-autoscaling:([^:]+):(\d{12}):scalable-target\/([\w-]+)$/.exec(arn) ?? []
  if (!region || !account || !id) return undefined
  return store.list<Target>(TARGET, { prefix: `${account}/${region}/` }).find(({ value }) => value.id === id)
}

function requireByArn(store: Store, arn: string): { key: string; value: Target } {
  const found = find(store, arn)
  // inferred: sentence
  if (!found)
    throw new AwsError('ResourceNotFoundException', `The resource ${arn} does not exist.`, 400, { ResourceName: arn })
  return found
}

function tagNeed(action: string, arn: string, call: Call, context: Need['context'] = {}): Need {
  const tags = find(call.world.store, arn)?.value.tags
  return need(`application-autoscaling:${action}`, arn, { context: { ...resourceTags(tags), ...context } })
}

export const tagResource = operation<TagResourceCommandInput, TagResourceCommandOutput>(
  'application-autoscaling',
  'TagResource',
  {
    needs: (input, call) => [tagNeed('TagResource', input.ResourceARN, call, requestTags(input.Tags))],
    perform: ({ ResourceARN, Tags }, { world: { store } }) =>
      store.transaction(() => {
        const { key, value } = requireByArn(store, ResourceARN)
        const tags = { ...value.tags, ...Tags }
        if (Object.keys(tags).length > TAGS_MAX) {
          // inferred: sentence
          throw new AwsError('TooManyTagsException', `A resource can have no more than ${TAGS_MAX} tags.`, 400, {
            ResourceName: ResourceARN,
          })
        }
        store.put<Target>(TARGET, key, { ...value, tags })
        return {}
      }),
  },
)

export const untagResource = operation<UntagResourceCommandInput, UntagResourceCommandOutput>(
  'application-autoscaling',
  'UntagResource',
  {
    needs: (input, call) => [tagNeed('UntagResource', input.ResourceARN, call, { 'aws:TagKeys': input.TagKeys })],
    perform: ({ ResourceARN, TagKeys }, { world: { store } }) =>
      store.transaction(() => {
        const { key, value } = requireByArn(store, ResourceARN)
        const tags = Object.fromEntries(Object.entries(value.tags).filter(([name]) => !TagKeys.includes(name)))
        store.put<Target>(TARGET, key, { ...value, tags })
        return {}
      }),
  },
)

export const listTagsForResource = operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'application-autoscaling',
  'ListTagsForResource',
  {
    needs: (input, call) => [tagNeed('ListTagsForResource', input.ResourceARN, call)],
    perform: ({ ResourceARN }, { world: { store } }) => ({ Tags: { ...requireByArn(store, ResourceARN).value.tags } }),
  },
)
