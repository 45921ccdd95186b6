import { awsPrefixLists } from '../../../network/services.ts'
import type { NetworkDocuments } from '../../../network/types.ts'
import type { Estate } from '../estate.ts'
import type { PrefixListDocument } from '../gateway-documents.ts'
import { prefixLists } from '../gateway-nouns.ts'
import { routeTables, securityGroupRules } from '../nouns.ts'

/** AWS's own lists (S3, DynamoDB) and those of the account. */
export type AnyPrefixList = NetworkDocuments['ManagedPrefixLists'][number]

export const awsPrefixList = (estate: Estate, id: string | undefined): AnyPrefixList | undefined =>
  awsPrefixLists(estate.region).find((list) => list.PrefixListId === id)

/** A list that rules and routes may name; throws NotFound. */
export function anyPrefixList(estate: Estate, id: string): AnyPrefixList | PrefixListDocument {
  return awsPrefixList(estate, id) ?? estate.get(prefixLists, id)
}

/** What naming the list counts for in the quotas: its most entries; AWS's lists of S3 and DynamoDB weigh 1 (VPC User Guide). */
export function weightOf(estate: Estate, id: string): number {
  return estate.find(prefixLists, id)?.MaxEntries ?? 1
}

/** The ids of what names the list: groups and route tables. */
export function usersOf(estate: Estate, id: string): string[] {
  const groups = estate.list(securityGroupRules).filter((rule) => rule.PrefixListId === id)
  const tables = estate
    .list(routeTables)
    .filter((table) => table.Routes.some((route) => route.DestinationPrefixListId === id))
  return [...new Set([...groups.map((rule) => rule.GroupId), ...tables.map((table) => table.RouteTableId)])].toSorted()
}
