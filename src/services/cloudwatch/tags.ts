import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import { need, type Call, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { alarmKey, ALARM, type Alarm } from './alarm.ts'
import { DASHBOARD, dashboardKey, type Dashboard } from './dashboard.ts'
import { invalidValue } from './errors.ts'
import { requestTagKeys, tagsOf, type Tags } from './tag-list.ts'

interface Tagged {
  kind: string
  key: string
}

/** What of CloudWatch is built and has tags: alarms and dashboards. */
function placeOf(arn: string): Tagged | undefined {
  const [, region, account, name] = /^arn:[^:]+:cloudwatch:([^:]+):(\d{12}):alarm:(.+)$/s.exec(arn) ?? []
  if (region && account && name) return { kind: ALARM, key: alarmKey({ account, region }, name) }
  const [, owner, dashboard] = /^arn:[^:]+:cloudwatch::(\d{12}):dashboard\/(.+)$/s.exec(arn) ?? []
  return owner && dashboard ? { kind: DASHBOARD, key: dashboardKey({ account: owner }, dashboard) } : undefined
}

type Document = Alarm | Dashboard

function tagNeed(action: string, arn: string, call: Call, context: Need['context'] = {}): Need {
  const place = placeOf(arn)
  // inferred: sentence
  if (!place) throw invalidValue(`The value ${arn} for parameter ResourceARN is invalid.`)
  const tags = call.world.store.get<Document>(place.kind, place.key)?.tags ?? {}
  return need(`cloudwatch:${action}`, arn, {
    context: {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      ...context,
    },
  })
}

function find(store: Store, arn: string): { place: Tagged; document: Document } {
  const place = placeOf(arn)!
  const document = store.get<Document>(place.kind, place.key)
  if (!document) {
    // inferred: sentence
    throw new AwsError('ResourceNotFoundException', `Unknown resource ${arn}`, 404, {
      ResourceType: place.kind === ALARM ? 'alarm' : 'dashboard',
      ResourceId: arn,
    })
  }
  return { place, document }
}

function save(store: Store, arn: string, change: (tags: Tags) => Tags): object {
  return store.transaction(() => {
    const { place, document } = find(store, arn)
    store.put(place.kind, place.key, { ...document, tags: change(document.tags) })
    return {}
  })
}

export const tagResource = operation<TagResourceCommandInput, TagResourceCommandOutput>('cloudwatch', 'TagResource', {
  needs: (input, call) => [tagNeed('TagResource', input.ResourceARN, call, requestTagKeys(input.Tags))],
  perform: ({ ResourceARN, Tags }, { world: { store } }) => save(store, ResourceARN, (before) => tagsOf(Tags, before)),
})

export const untagResource = operation<UntagResourceCommandInput, UntagResourceCommandOutput>(
  'cloudwatch',
  'UntagResource',
  {
    needs: (input, call) => [tagNeed('UntagResource', input.ResourceARN, call, { 'aws:TagKeys': input.TagKeys })],
    perform: ({ ResourceARN, TagKeys }, { world: { store } }) =>
      save(store, ResourceARN, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !TagKeys.includes(key))),
      ),
  },
)

export const listTagsForResource = operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(
  'cloudwatch',
  'ListTagsForResource',
  {
    needs: (input, call) => [tagNeed('ListTagsForResource', input.ResourceARN, call)],
    perform: ({ ResourceARN }, { world: { store } }) => ({
      Tags: Object.entries(find(store, ResourceARN).document.tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  },
)
