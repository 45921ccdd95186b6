import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  Filter,
  GetManagedPrefixListAssociationsRequest,
  GetManagedPrefixListAssociationsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
} from '@aws-sdk/client-ec2'
import { need, type Need } from '../../../door/call.ts'
import { awsPrefixLists } from '../../../network/services.ts'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import type { PrefixEntry, PrefixListDocument } from '../gateway-documents.ts'
import { prefixLists, prefixListVersions } from '../gateway-nouns.ts'
import { describing, on } from '../needs.ts'
import { without } from '../without.ts'
import { anyPrefixList, awsPrefixList, usersOf, type AnyPrefixList } from './prefix-lists.ts'

interface Question {
  PrefixListIds?: string[]
  Filters?: Shape<Filter>[]
  MaxResults?: number
  NextToken?: string
}

const filters: FilterTable<AnyPrefixList> = {
  'owner-id': (list) => list.OwnerId,
  'prefix-list-id': (list) => list.PrefixListId,
  'prefix-list-name': (list) => list.PrefixListName,
}

function find(estate: Estate, all: readonly AnyPrefixList[], input: Question, kind: string) {
  const sorted = all.toSorted((a, b) => (a.PrefixListId! < b.PrefixListId! ? -1 : 1))
  for (const id of input.PrefixListIds ?? []) {
    if (!sorted.some((one) => one.PrefixListId === id)) throw prefixLists.notFound(id)
  }
  const named = sorted.filter((one) => !input.PrefixListIds?.length || input.PrefixListIds.includes(one.PrefixListId!))
  const passing = named.filter(filterOf({ tagMember: 'Tags' }, filters, input.Filters))
  return pageOf(passing, (list) => list.PrefixListId!, kind, input.MaxResults, input.NextToken)
}

/** AWS's own lists, as they were told before customers had any. */
export const describePrefixLists = ec2Operation<DescribePrefixListsRequest, DescribePrefixListsResult>(
  'DescribePrefixLists',
  {
    needs: (_, estate) => describing(estate, 'DescribePrefixLists'),
    perform(input, estate) {
      const { things, ...page } = find(estate, awsPrefixLists(estate.region), input, 'prefix-lists')
      const PrefixLists = things.map(({ PrefixListId, PrefixListName, Cidrs }) => ({
        PrefixListId: PrefixListId!,
        PrefixListName: PrefixListName!,
        Cidrs,
      }))
      return { PrefixLists, ...page }
    },
  },
)

/** Without the entries, which GetManagedPrefixListEntries tells. */
export function prefixListView(list: AnyPrefixList | PrefixListDocument): Shape<ManagedPrefixList> {
  return without(list as PrefixListDocument, 'Cidrs', 'Entries')
}

export const describeManagedPrefixLists = ec2Operation<
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult
>('DescribeManagedPrefixLists', {
  needs: (_, estate) => describing(estate, 'DescribeManagedPrefixLists'),
  perform(input, estate) {
    const all = [...awsPrefixLists(estate.region), ...estate.list(prefixLists)]
    const { things, ...page } = find(estate, all, input, 'managed-prefix-lists')
    return { PrefixLists: things.map(prefixListView), ...page }
  },
})

function reading(estate: Estate, operation: string, id: string | undefined): Need[] {
  const aws = awsPrefixList(estate, id)
  if (!aws) return [on(estate, operation, prefixLists, id)]
  // AWS's own lists have `aws` where an account stands; nobody's resource policy is asked for them.
  return [
    need(`ec2:${operation}`, aws.PrefixListArn!, {
      resourceAccount: estate.account,
      context: { 'ec2:Region': estate.region },
    }),
  ]
}

export const getManagedPrefixListEntries = ec2Operation<
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult
>('GetManagedPrefixListEntries', {
  needs: (input, estate) => reading(estate, 'GetManagedPrefixListEntries', input.PrefixListId),
  perform(input, estate) {
    const list = anyPrefixList(estate, input.PrefixListId)
    const entries = entriesOf(estate, list, input.TargetVersion).toSorted((a, b) => (a.Cidr < b.Cidr ? -1 : 1))
    const { things, ...page } = pageOf(
      entries,
      (entry) => entry.Cidr,
      list.PrefixListId!,
      input.MaxResults,
      input.NextToken,
    )
    return { Entries: things, ...page }
  },
})

/** As they are, or as they were in a version before. */
function entriesOf(
  estate: Estate,
  list: AnyPrefixList | PrefixListDocument,
  version: number | undefined,
): readonly PrefixEntry[] {
  if (!('Entries' in list)) return list.Cidrs.map((Cidr) => ({ Cidr }))
  if (version === undefined || version === list.Version) return list.Entries
  return estate.get(prefixListVersions, `${list.PrefixListId}.${version}`).Entries
}

export const getManagedPrefixListAssociations = ec2Operation<
  GetManagedPrefixListAssociationsRequest,
  GetManagedPrefixListAssociationsResult
>('GetManagedPrefixListAssociations', {
  needs: (input, estate) => reading(estate, 'GetManagedPrefixListAssociations', input.PrefixListId),
  perform(input, estate) {
    const { PrefixListId: id } = anyPrefixList(estate, input.PrefixListId)
    const { things, ...page } = pageOf(
      usersOf(estate, id!),
      (user) => user,
      `${id} associations`,
      input.MaxResults,
      input.NextToken,
    )
    return {
      PrefixListAssociations: things.map((ResourceId) => ({ ResourceId, ResourceOwner: estate.account })),
      ...page,
    }
  },
})
