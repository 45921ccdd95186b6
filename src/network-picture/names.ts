import type { NetworkDocuments } from '../network/types.ts'
import type { GraphNode } from './types.ts'

/** What people call a thing, by its id: the Name tag, a group's or endpoint's own name. */
export type Names = ReadonlyMap<string, string>

/** Members that hold the id of their document, the most telling first. */
const IDS = [
  'NetworkInterfaceId',
  'VpcEndpointId',
  'NatGatewayId',
  'SubnetId',
  'RouteTableId',
  'NetworkAclId',
  'GroupId',
  'InternetGatewayId',
  'EgressOnlyInternetGatewayId',
  'VpcPeeringConnectionId',
  'TransitGatewayAttachmentId',
  'TransitGatewayRouteTableId',
  'TransitGatewayId',
  'VpnConnectionId',
  'VpnGatewayId',
  'CustomerGatewayId',
  'PrefixListId',
  'VpcId',
]

interface Named {
  Tags?: readonly { Key?: string; Value?: string }[]
  TagSet?: Named['Tags']
  GroupName?: string
  PrefixListName?: string
}

export function namesOf(documents: NetworkDocuments): Names {
  const names = new Map<string, string>()
  for (const document of Object.values(documents).flat() as (Named & Record<string, unknown>)[]) {
    const id = IDS.map((member) => document[member]).find((value) => typeof value === 'string')
    const tag = (document.Tags ?? document.TagSet)?.find(({ Key }) => Key === 'Name')?.Value
    const name = readable(tag || (document.GroupName ?? document.PrefixListName ?? ''))
    if (id !== undefined && name !== '' && name !== id) names.set(id, name)
  }
  return names
}

/**
 * Text of anyone's on one line, without what a terminal or a picture would obey instead of showing: control characters,
 * and those that turn the direction of writing.
 */
export function readable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g, '')
    .trim()
}

/** The name as label with the id beneath, or the id alone. */
export function named(id: string, names: Names, ...lines: (string | undefined)[]): Pick<GraphNode, 'label' | 'lines'> {
  const name = names.get(id)
  const rest = lines.filter((line): line is string => Boolean(line)).map(readable)
  return name === undefined ? { label: id, lines: rest } : { label: name, lines: [id, ...rest] }
}

/** Sorts `10.0.9.0` before `10.0.10.0`. */
const byNumbers = (text: string): string => text.replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'))

export function sorted<T>(list: readonly T[], key: (item: T) => string): T[] {
  const keyed = list.map((item) => [byNumbers(key(item)), item] as const)
  return keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)).map(([, item]) => item)
}
