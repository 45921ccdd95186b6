import type { NetworkDocuments } from '../network/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import { cliName, NETWORK_LISTS } from './network-lists.ts'
import type { NetworkList } from './network-lists.ts'

type Members = Record<string, unknown>

/** An EC2 call: operation and input, the answer as the SDK names its members. */
export type Describe = (operation: string, input: Members) => Promise<Members>

/** Documents, and what could not be read of them. */
export interface Gathered {
  documents: Partial<NetworkDocuments>
  /** Sentences for people. */
  notes: string[]
}

/** Codes of a caller who may not, or of a server that does not know the operation. */
const UNREADABLE = /^(UnauthorizedOperation|AccessDenied|InvalidAction|UnknownOperation|NotImplemented)/

/**
 * Everything that the model asks for, by the describe calls of one account and Region, page by page. A refusal of a list
 * that is optional becomes a note; any other rejects.
 */
export async function gather(describe: Describe): Promise<Gathered> {
  /** Calls that were not answered, by the code of the refusal. */
  const refused = new Map<string, Set<string>>()
  const optional = async <T>(operation: string, without: T, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof AwsError) || !(error.status === 501 || UNREADABLE.test(error.code))) throw error
      refused.set(error.code, (refused.get(error.code) ?? new Set()).add(cliName(operation)))
      return without
    }
  }
  const list = async ({ operation, member, need }: NetworkList): Promise<Members[]> => {
    const work = pages(describe, operation, member)
    return need === 'optional' ? optional(operation, [], work) : work
  }
  const complete: Partial<Record<NetworkList['list'], (document: Members) => Promise<Members>>> = {
    Vpcs: (vpc) => withDns(describe, vpc),
    ManagedPrefixLists: (prefixList) => withCidrs(describe, prefixList),
    TransitGatewayRouteTables: (table) => withTransitRoutes(describe, optional, table),
  }
  const lists = await Promise.all(
    NETWORK_LISTS.map(async (one) => {
      const documents = await list(one)
      const more = complete[one.list]
      return [one.list, more ? await Promise.all(documents.map(more)) : documents] as const
    }),
  )
  const notes = [...refused].map(([code, calls]) => {
    const it = calls.size === 1 ? 'it' : 'them'
    return `not readable: ${[...calls].sort().join(', ')} (${code}); paths through ${it} are told as unknown`
  })
  return { documents: Object.fromEntries(lists) as Partial<NetworkDocuments>, notes: notes.sort() }
}

async function pages(describe: Describe, operation: string, member: string, input: Members = {}): Promise<Members[]> {
  const items: Members[] = []
  let NextToken: unknown
  do {
    const page = await describe(operation, NextToken === undefined ? input : { ...input, NextToken })
    items.push(...((page[member] ?? []) as Members[]))
    NextToken = page['NextToken'] || undefined
  } while (NextToken !== undefined)
  return items
}

/** DescribeVpcs tells nothing of the DNS attributes; DescribeVpcAttribute tells one a call. */
async function withDns(describe: Describe, vpc: Members): Promise<Members> {
  const attribute = async (name: string): Promise<Members> => {
    const answer = await describe('DescribeVpcAttribute', {
      VpcId: vpc['VpcId'],
      Attribute: name.charAt(0).toLowerCase() + name.slice(1),
    })
    const value = (answer[name] as { Value?: boolean } | undefined)?.Value
    return value === undefined ? {} : { [name]: value }
  }
  const [support, hostnames] = await Promise.all([attribute('EnableDnsSupport'), attribute('EnableDnsHostnames')])
  return { ...vpc, ...support, ...hostnames }
}

async function withCidrs(describe: Describe, prefixList: Members): Promise<Members> {
  const { PrefixListId } = prefixList
  const entries = await pages(describe, 'GetManagedPrefixListEntries', 'Entries', { PrefixListId })
  return { ...prefixList, Cidrs: entries.flatMap((entry) => entry['Cidr'] ?? []) }
}

async function withTransitRoutes(
  describe: Describe,
  optional: <T>(operation: string, without: T, work: Promise<T>) => Promise<T>,
  table: Members,
): Promise<Members> {
  const { TransitGatewayRouteTableId } = table
  const ask = (operation: string, member: string, input: Members = {}): Promise<Members[]> =>
    optional(operation, [], pages(describe, operation, member, { TransitGatewayRouteTableId, ...input }))
  const [Routes, Associations, Propagations] = await Promise.all([
    ask('SearchTransitGatewayRoutes', 'Routes', { Filters: [{ Name: 'state', Values: ['active', 'blackhole'] }] }),
    ask('GetTransitGatewayRouteTableAssociations', 'Associations'),
    ask('GetTransitGatewayRouteTablePropagations', 'TransitGatewayRouteTablePropagations'),
  ])
  return { ...table, Routes, Associations, Propagations }
}
