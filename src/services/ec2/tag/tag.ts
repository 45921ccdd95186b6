import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  TagDescription,
} from '@aws-sdk/client-ec2'
import { need, type Need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { taggableGateways } from '../gateway-nouns.ts'
import { describing, on, requestTags } from '../needs.ts'
import { idOf, taggable, tagsOf, type Noun } from '../nouns.ts'
import { mergeTags } from '../tags.ts'

type Thing = Record<string, unknown>

/** Whatever a noun is of, its id and tags are read by the names of their members. */
const nouns = [...taggable, ...taggableGateways] as unknown as readonly Noun<Thing>[]

function nounOf(id: string): Noun<Thing> | undefined {
  return nouns.find((noun) => id.startsWith(noun.prefix))
}

export const createTags = ec2Operation<CreateTagsRequest, object>('CreateTags', {
  needs: (input, estate) => tagNeeds('CreateTags', input, estate),
  perform(input, estate) {
    if (!input.Tags?.length) throw missingParameter('Tags')
    for (const { noun, thing } of resourcesOf(input.Resources, estate)) {
      const tags = mergeTags(tagsOf(noun, thing), input.Tags)
      estate.save(noun, { ...thing, [noun.tagMember!]: tags })
    }
    return {}
  },
})

/** A tag given with a value goes only when it has that value; no tags at all takes every tag away (but AWS's own). */
export const deleteTags = ec2Operation<DeleteTagsRequest, object>('DeleteTags', {
  needs: (input, estate) => tagNeeds('DeleteTags', input, estate),
  perform(input, estate) {
    for (const { noun, thing } of resourcesOf(input.Resources, estate)) {
      const isAsked = (Key: string | undefined, Value: string | undefined) =>
        !input.Tags?.length ||
        input.Tags.some((tag) => tag.Key === Key && (tag.Value === undefined || tag.Value === Value))
      const tags = tagsOf(noun, thing).filter((tag) => tag.Key?.startsWith('aws:') || !isAsked(tag.Key, tag.Value))
      estate.save(noun, { ...thing, [noun.tagMember!]: tags })
    }
    return {}
  },
})

type Input = { Resources?: string[]; Tags?: { Key?: string; Value?: string }[] }

function tagNeeds(operation: string, input: Input, estate: Estate): Need[] {
  const tags = requestTags(input.Tags ?? [])
  const ids = input.Resources?.length ? input.Resources : ['']
  return ids.map((id) => {
    const noun = nounOf(id)
    return noun ? on(estate, operation, noun, id, tags) : need(`ec2:${operation}`, '*', { context: tags })
  })
}

function resourcesOf(ids: readonly string[] | undefined, estate: Estate): { noun: Noun<Thing>; thing: Thing }[] {
  if (!ids?.length) throw missingParameter('resourceIdSet')
  return ids.map((id) => {
    const noun = nounOf(id)
    if (!noun) throw new AwsError('InvalidID', `The ID '${id}' is not valid`)
    return { noun, thing: estate.get(noun, id) }
  })
}

const filters: FilterTable<Shape<TagDescription>> = {
  key: (tag) => tag.Key,
  value: (tag) => tag.Value,
  'resource-id': (tag) => tag.ResourceId,
  'resource-type': (tag) => tag.ResourceType,
}

export const describeTags = ec2Operation<DescribeTagsRequest, DescribeTagsResult>('DescribeTags', {
  needs: (_, estate) => describing(estate, 'DescribeTags'),
  perform(input, estate) {
    const all = nouns.flatMap((noun) =>
      estate.list(noun).flatMap((thing) =>
        tagsOf(noun, thing).map(({ Key = '', Value = '' }) => ({
          Key,
          Value,
          ResourceId: idOf(noun, thing),
          ResourceType: noun.type as never,
        })),
      ),
    )
    const sortKey = (tag: { ResourceId: string; Key: string }) => `${tag.ResourceId} ${tag.Key}`
    const sorted = all.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    // `tag:KEY` asks for that key with one of the values.
    const byKey = (input.Filters ?? []).flatMap(({ Name = '', Values = [] }) =>
      Name.startsWith('tag:')
        ? [
            { Name: 'key', Values: [Name.slice('tag:'.length)] },
            { Name: 'value', Values },
          ]
        : [{ Name, Values }],
    )
    const passing = sorted.filter(filterOf({}, filters, byKey))
    const { things, ...page } = pageOf(passing, sortKey, 'tags', input.MaxResults, input.NextToken)
    return { Tags: things, ...page }
  },
})
