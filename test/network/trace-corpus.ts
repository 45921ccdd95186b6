/** Networks of the corpus as a server answers them and as files hold them. */
import { readFileSync } from 'node:fs'
import { NETWORK_LISTS } from '../../src/cli/network-lists.ts'
import type { AnswerFile } from '../../src/cli/network-json.ts'
import type { Describe } from '../../src/cli/network-server.ts'

export type Document = Record<string, unknown>
export type Documents = Record<string, Document[]>

export function corpusDocuments(file: string): Documents {
  const path = new URL(`../../corpus/network/${file}.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { documents: Documents }).documents
}

const ATTRIBUTES = ['EnableDnsSupport', 'EnableDnsHostnames'] as const

/** What EC2 tells of a transit gateway's route table by calls of their own: operation, member of the answer, of the model. */
const TRANSIT = [
  ['SearchTransitGatewayRoutes', 'Routes', 'Routes'],
  ['GetTransitGatewayRouteTableAssociations', 'Associations', 'Associations'],
  ['GetTransitGatewayRouteTablePropagations', 'TransitGatewayRouteTablePropagations', 'Propagations'],
] as const

/** A document without what EC2 tells by calls of their own: DNS attributes, entries of a prefix list, transit routes. */
function plain(document: Document): Document {
  const { EnableDnsSupport: _s, EnableDnsHostnames: _h, Cidrs: _c, ...rest } = document
  if (!('TransitGatewayRouteTableId' in rest)) return rest
  const { Routes: _r, Associations: _a, Propagations: _p, ...table } = rest
  return table
}

/** The document as every way of reading it completes it. */
export function complete(list: string, document: Document): Document {
  if (list === 'ManagedPrefixLists') return { Cidrs: [], ...document }
  if (list === 'TransitGatewayRouteTables') return { Routes: [], Associations: [], Propagations: [], ...document }
  return document
}

/** Answers EC2 calls, one document a page. `refuse`: instead of an answer. */
export function describer(documents: Documents, refuse?: (operation: string) => Error | undefined): Describe {
  return async (operation, input) => {
    const refusal = refuse?.(operation)
    if (refusal) throw refusal
    const named = (list: string, id: string): Document =>
      documents[list]?.find((document) => document[id] === input[id]) ?? {}
    if (operation === 'DescribeVpcAttribute') {
      const vpc = named('Vpcs', 'VpcId')
      const name = ATTRIBUTES.find((attribute) => attribute.toLowerCase() === String(input['Attribute']).toLowerCase())!
      return { VpcId: input['VpcId'], [name]: { Value: vpc[name] } }
    }
    if (operation === 'GetManagedPrefixListEntries')
      return { Entries: entriesOf(named('ManagedPrefixLists', 'PrefixListId')) }
    const transit = TRANSIT.find(([name]) => name === operation)
    if (transit) {
      const table = named('TransitGatewayRouteTables', 'TransitGatewayRouteTableId')
      return { [transit[1]]: table[transit[2]] ?? [] }
    }
    const { list, member } = NETWORK_LISTS.find((row) => row.operation === operation)!
    const all = documents[list] ?? []
    const at = Number(input['NextToken'] ?? 0)
    return {
      [member]: all.slice(at, at + 1).map(plain),
      ...(at + 1 < all.length && { NextToken: String(at + 1) }),
    }
  }
}

/** What the commands that the help prints would have left in a folder. */
export function answerFiles(documents: Documents): AnswerFile[] {
  const file = (name: string, answer: unknown): AnswerFile => ({ name, text: `${JSON.stringify(answer, null, 4)}\n` })
  return [
    ...NETWORK_LISTS.map(({ list, operation, member }) =>
      file(`${operation}.json`, { [member]: (documents[list] ?? []).map(plain) }),
    ),
    ...(documents['Vpcs'] ?? []).flatMap((vpc) =>
      ATTRIBUTES.filter((name) => vpc[name] !== undefined).map((name) =>
        file(`${String(vpc['VpcId'])}.${name}.json`, { VpcId: vpc['VpcId'], [name]: { Value: vpc[name] } }),
      ),
    ),
    ...(documents['ManagedPrefixLists'] ?? []).map((list) =>
      file(`${String(list['PrefixListId'])}.json`, { Entries: entriesOf(list) }),
    ),
    ...(documents['TransitGatewayRouteTables'] ?? []).flatMap((table) =>
      TRANSIT.map(([operation, member, own]) =>
        file(`${String(table['TransitGatewayRouteTableId'])}.${operation}.json`, { [member]: table[own] ?? [] }),
      ),
    ),
  ]
}

const entriesOf = (list: Document): Document[] => ((list['Cidrs'] ?? []) as string[]).map((Cidr) => ({ Cidr }))
