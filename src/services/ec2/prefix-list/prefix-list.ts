import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  Filter,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
} from '@aws-sdk/client-ec2'
import { need } from '../../../door/call.ts'
import { awsPrefixLists } from '../../../network/services.ts'
import type { NetworkDocuments } from '../../../network/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import { describing } from '../needs.ts'
import { without } from '../without.ts'

/** AWS's own lists (S3, DynamoDB); customers' lists are not built. */
type PrefixList = NetworkDocuments['ManagedPrefixLists'][number]

interface Question {
  PrefixListIds?: string[]
  Filters?: Shape<Filter>[]
  MaxResults?: number
  NextToken?: string
}

const filters: FilterTable<PrefixList> = {
  'owner-id': (list) => list.OwnerId,
  'prefix-list-id': (list) => list.PrefixListId,
  'prefix-list-name': (list) => list.PrefixListName,
}

function find(estate: Estate, input: Question, kind: string) {
  const all = awsPrefixLists(estate.region).toSorted((a, b) => (a.PrefixListId! < b.PrefixListId! ? -1 : 1))
  for (const id of input.PrefixListIds ?? []) if (!all.some((one) => one.PrefixListId === id)) throw notFound(id)
  const named = all.filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.PrefixListId!))
  const passing = named.filter(filterOf({ tagMember: 'Tags' }, filters, input.Filters))
  return pageOf(passing, (list) => list.PrefixListId!, kind, input.MaxResults, input.NextToken)
}

const notFound = (id: string) =>
  new AwsError('InvalidPrefixListID.NotFound', `The prefixList ID '${id}' does not exist`)

export const describePrefixLists = ec2Operation<DescribePrefixListsRequest, DescribePrefixListsResult>(
  'DescribePrefixLists',
  {
    needs: (_, estate) => describing(estate, 'DescribePrefixLists'),
    perform(input, estate) {
      const { things, ...page } = find(estate, input, 'prefix-lists')
      const PrefixLists = things.map(({ PrefixListId, PrefixListName, Cidrs }) => ({
        PrefixListId: PrefixListId!,
        PrefixListName: PrefixListName!,
        Cidrs,
      }))
      return { PrefixLists, ...page }
    },
  },
)

export const describeManagedPrefixLists = ec2Operation<
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult
>('DescribeManagedPrefixLists', {
  needs: (_, estate) => describing(estate, 'DescribeManagedPrefixLists'),
  perform(input, estate) {
    const { things, ...page } = find(estate, input, 'managed-prefix-lists')
    return { PrefixLists: things.map((list) => without(list, 'Cidrs')), ...page }
  },
})

export const getManagedPrefixListEntries = ec2Operation<
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult
>('GetManagedPrefixListEntries', {
  needs: (input, estate) => {
    const list = awsPrefixLists(estate.region).find((one) => one.PrefixListId === input.PrefixListId)
    const resource = list?.PrefixListArn ?? estate.arn('prefix-list', input.PrefixListId ?? '*')
    // AWS's own lists have `aws` where an account stands; nobody's resource policy is asked for them.
    return [
      need('ec2:GetManagedPrefixListEntries', resource, {
        resourceAccount: estate.account,
        context: { 'ec2:Region': estate.region },
      }),
    ]
  },
  perform(input, estate) {
    const list = awsPrefixLists(estate.region).find((one) => one.PrefixListId === input.PrefixListId)
    if (!list) throw notFound(input.PrefixListId)
    const { things, ...page } = pageOf(
      list.Cidrs.toSorted(),
      (cidr) => cidr,
      list.PrefixListId!,
      input.MaxResults,
      input.NextToken,
    )
    return { Entries: things.map((Cidr) => ({ Cidr })), ...page }
  },
})
