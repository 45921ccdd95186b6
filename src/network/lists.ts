/**
 * Indexes over the lists of documents. Each is made once per list, when first asked for; a list that has the same
 * elements as an earlier one counts as that one, so a change of one document costs the indexes of its own list only.
 */
import type { NetworkDocuments } from './types.ts'
import { parseIpv4, parseIpv6 } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { perObject } from './memo.ts'

type Document<K extends keyof NetworkDocuments> = NetworkDocuments[K][number]

/** A list indexed by one member; the first document of an id wins. */
export function indexed<D extends object>(member: keyof D): (list: readonly D[]) => ReadonlyMap<unknown, D> {
  return perObject((list: readonly D[]) => {
    const index = new Map<unknown, D>()
    for (const document of list) if (!index.has(document[member])) index.set(document[member], document)
    return index
  })
}

/** The last list that began with this document. */
const seen = new WeakMap<object, readonly object[]>()

function canonical(list: readonly object[]): readonly object[] {
  const [first] = list
  if (!first) return list
  const earlier = seen.get(first)
  if (earlier?.length === list.length && list.every((document, at) => document === earlier[at])) return earlier
  seen.set(first, list)
  return list
}

/** The same documents, in lists that were indexed before where those had the same elements. */
export function canonicalLists(documents: NetworkDocuments): NetworkDocuments {
  return Object.fromEntries(
    Object.entries(documents).map(([name, list]) => [name, canonical(list as readonly object[])]),
  ) as unknown as NetworkDocuments
}

export const vpcsById = indexed<Document<'Vpcs'>>('VpcId')
export const subnetsById = indexed<Document<'Subnets'>>('SubnetId')
export const groupsById = indexed<Document<'SecurityGroups'>>('GroupId')
export const interfacesById = indexed<Document<'NetworkInterfaces'>>('NetworkInterfaceId')
export const endpointsById = indexed<Document<'VpcEndpoints'>>('VpcEndpointId')
export const natGatewaysById = indexed<Document<'NatGateways'>>('NatGatewayId')
export const internetGatewaysById = indexed<Document<'InternetGateways'>>('InternetGatewayId')
export const listsById = indexed<Document<'ManagedPrefixLists'>>('PrefixListId')

export const endpointsByVpc = perObject((list: NetworkDocuments['VpcEndpoints']) =>
  Map.groupBy(list, (endpoint) => endpoint.VpcId),
)

export const endpointByInterface = perObject(
  (list: NetworkDocuments['VpcEndpoints']) =>
    new Map(list.flatMap((endpoint) => (endpoint.NetworkInterfaceIds ?? []).map((id) => [id, endpoint] as const))),
)

/** Own addresses of an interface: IPv4, the primary first, then IPv6. */
export const privateAddresses = perObject((document: Document<'NetworkInterfaces'>): readonly Ip[] => {
  const { PrivateIpAddress, PrivateIpAddresses = [], Ipv6Addresses = [] } = document
  const four = [PrivateIpAddress, ...PrivateIpAddresses.map((entry) => entry.PrivateIpAddress)]
  return [
    ...new Set([
      ...four.flatMap((text) => parseIpv4(text ?? '') ?? []),
      ...Ipv6Addresses.flatMap((entry) => parseIpv6(entry.Ipv6Address ?? '') ?? []),
    ]),
  ]
})

/** Interfaces by VPC and own address. */
export const interfacesByAddress = perObject((list: NetworkDocuments['NetworkInterfaces']) => {
  const vpcs = new Map<string | undefined, Map<Ip, Document<'NetworkInterfaces'>>>()
  for (const document of list) {
    let addresses = vpcs.get(document.VpcId)
    if (!addresses) vpcs.set(document.VpcId, (addresses = new Map()))
    for (const address of privateAddresses(document)) addresses.set(address, document)
  }
  return vpcs
})

const elasticByInterface = perObject(
  (list: NetworkDocuments['Addresses']) =>
    new Map(list.flatMap((entry) => (entry.NetworkInterfaceId ? [[entry.NetworkInterfaceId, entry.PublicIp]] : []))),
)

/** The public IPv4 address of an interface, as its own document or the elastic address's says. */
export function publicAddressOf(
  { Addresses }: NetworkDocuments,
  { Association, NetworkInterfaceId }: Document<'NetworkInterfaces'>,
): number | undefined {
  const elastic = NetworkInterfaceId ? elasticByInterface(Addresses).get(NetworkInterfaceId) : undefined
  return parseIpv4(Association?.PublicIp ?? elastic ?? '')
}

/** Interfaces by the address that the internet knows them by: public IPv4, and every IPv6. */
const byPublicAddress = perObject((list: NetworkDocuments['NetworkInterfaces']) =>
  perObject((addresses: NetworkDocuments['Addresses']) => {
    const index = new Map<Ip, Document<'NetworkInterfaces'>>()
    for (const document of list) {
      const four = publicAddressOf({ Addresses: addresses } as NetworkDocuments, document)
      if (four !== undefined) index.set(four, document)
      if (!document.Ipv6Addresses?.length) continue
      for (const address of privateAddresses(document)) if (typeof address === 'bigint') index.set(address, document)
    }
    return index
  }),
)

export function publicInterfaces(documents: NetworkDocuments): ReadonlyMap<Ip, Document<'NetworkInterfaces'>> {
  return byPublicAddress(documents.NetworkInterfaces)(documents.Addresses)
}

export const tablesBySubnet = perObject((list: NetworkDocuments['RouteTables']) => {
  const tables = new Map<string, Document<'RouteTables'>>()
  for (const table of list) {
    for (const association of table.Associations ?? []) {
      if (association.SubnetId) tables.set(association.SubnetId, table)
      else if (association.Main && table.VpcId) tables.set(table.VpcId, table)
    }
  }
  return tables
})

export const aclsBySubnet = perObject((list: NetworkDocuments['NetworkAcls']) => {
  const acls = new Map<string, Document<'NetworkAcls'>>()
  for (const acl of list) {
    if (acl.IsDefault && acl.VpcId) acls.set(acl.VpcId, acl)
    for (const association of acl.Associations ?? []) if (association.SubnetId) acls.set(association.SubnetId, acl)
  }
  return acls
})
