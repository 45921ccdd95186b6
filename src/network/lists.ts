/** The indexes over the lists of documents. Each is made once per list, when first asked for. */
import type { NetworkDocuments } from './types.ts'
import { parseIpv4, parseIpv6 } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { indexed, partitioned } from './list-index.ts'
import { perObject } from './memo.ts'

type Document<K extends keyof NetworkDocuments> = NetworkDocuments[K][number]

export const vpcsById = indexed<Document<'Vpcs'>>('VpcId')
export const subnetsById = indexed<Document<'Subnets'>>('SubnetId')
export const groupsById = indexed<Document<'SecurityGroups'>>('GroupId')
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

type InterfaceDocument = Document<'NetworkInterfaces'>

const whole = (): string => ''

/** Interfaces by id, all in one part. */
export const interfacesById = partitioned<InterfaceDocument, string>(whole, (document) =>
  document.NetworkInterfaceId === undefined ? [] : [document.NetworkInterfaceId],
)

/** Interfaces by VPC and own address. */
export const interfacesByAddress = partitioned<InterfaceDocument, Ip>((document) => document.VpcId, privateAddresses)

/** Addresses that the internet knows an interface by, its elastic one aside: public IPv4, and every IPv6. */
const openAddresses = (document: InterfaceDocument): Ip[] => {
  const four = parseIpv4(document.Association?.PublicIp ?? '')
  const six = document.Ipv6Addresses?.length
    ? privateAddresses(document).filter((address) => typeof address === 'bigint')
    : []
  return four === undefined ? six : [four, ...six]
}

const byOpenAddress = partitioned<InterfaceDocument, Ip>(whole, openAddresses)

const elastic = perObject((list: NetworkDocuments['Addresses']) => {
  const byInterface = new Map<string, number>()
  const byAddress = new Map<Ip, string>()
  for (const { NetworkInterfaceId: id, PublicIp } of list) {
    const address = parseIpv4(PublicIp ?? '')
    if (!id || address === undefined) continue
    byInterface.set(id, address)
    byAddress.set(address, id)
  }
  return { byInterface, byAddress }
})

/** The public IPv4 address of an interface, as its own document or the elastic address's says. */
export function publicAddressOf({ Addresses }: NetworkDocuments, document: InterfaceDocument): number | undefined {
  return (
    parseIpv4(document.Association?.PublicIp ?? '') ??
    elastic(Addresses).byInterface.get(document.NetworkInterfaceId ?? '')
  )
}

/** The interface that the internet knows by this address. */
export function publicInterfaceAt(documents: NetworkDocuments, address: Ip): InterfaceDocument | undefined {
  const { Addresses, NetworkInterfaces } = documents
  const own = byOpenAddress(NetworkInterfaces).get('')?.get(address)
  const id = own ? undefined : elastic(Addresses).byAddress.get(address)
  const bound = id === undefined ? undefined : interfacesById(NetworkInterfaces).get('')?.get(id)
  // Its own document, where it tells of a public address, is the better witness.
  return own ?? (bound && publicAddressOf(documents, bound) === address ? bound : undefined)
}

/** Every address that the internet knows an interface by. */
export function publicAddresses({ Addresses, NetworkInterfaces }: NetworkDocuments): Ip[] {
  return [...NetworkInterfaces.flatMap(openAddresses), ...elastic(Addresses).byAddress.keys()]
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
