/**
 * The documents of one account and Region, indexed so that a packet's way can be walked: everything by id, interfaces by
 * address, the route table and the ACL of each subnet. Each part is made when first asked for.
 */
import type { NetworkDocuments } from './types.ts'
import { contains, parseCidr, parseCidrs, parseIpv4 } from './addresses.ts'
import type { Cidr, Ipv4 } from './addresses.ts'
import { perKey, perObject } from './memo.ts'
import type { NetworkAclDocument } from './network-acl.ts'
import { compileRouteTable } from './route-table.ts'
import type { CompiledRouteTable, RouteTableDocument } from './route-table.ts'
import type { SecurityGroupDocument } from './security-group.ts'
import { awsPrefixLists, serviceOfPrefixList } from './services.ts'

export type VpcDocument = NetworkDocuments['Vpcs'][number]
export type SubnetDocument = NetworkDocuments['Subnets'][number]
export type InterfaceDocument = NetworkDocuments['NetworkInterfaces'][number]
export type VpcEndpointDocument = NetworkDocuments['VpcEndpoints'][number]
export type NatGatewayDocument = NetworkDocuments['NatGateways'][number]
export type InternetGatewayDocument = NetworkDocuments['InternetGateways'][number]

export interface Vpc {
  readonly id: string
  readonly document: VpcDocument
  readonly cidrs: readonly Cidr[]
  readonly dnsSupport: boolean
  readonly dnsHostnames: boolean
}

export interface Subnet {
  readonly id: string
  readonly document: SubnetDocument
  readonly vpc: Vpc
  readonly cidr: Cidr | undefined
  readonly zone: string
  readonly routes: CompiledRouteTable
  readonly acl: NetworkAclDocument | undefined
}

/** One end of a flow inside a VPC: an interface, or one that is only supposed. */
export interface Interface {
  /** `eni-…`, or `an interface in subnet-…`. */
  readonly id: string
  readonly address: Ipv4
  readonly publicAddress: Ipv4 | undefined
  readonly subnet: Subnet
  readonly groups: readonly SecurityGroupDocument[]
  readonly groupIds: ReadonlySet<string>
  readonly document?: InterfaceDocument
}

export interface Model {
  readonly documents: NetworkDocuments
  readonly region: string
  readonly vpc: (id: string | undefined) => Vpc | undefined
  readonly subnet: (id: string | undefined) => Subnet | undefined
  readonly group: (id: string | undefined) => SecurityGroupDocument | undefined
  readonly interface: (id: string | undefined) => Interface | undefined
  readonly interfaceAt: (vpcId: string, address: Ipv4) => Interface | undefined
  /** The interface that has this public address. */
  readonly publicInterfaceAt: (address: Ipv4) => Interface | undefined
  readonly endpoint: (id: string) => VpcEndpointDocument | undefined
  /** The interface endpoint that this interface belongs to. */
  readonly endpointOf: (networkInterfaceId: string) => VpcEndpointDocument | undefined
  readonly endpointsOf: (vpcId: string) => readonly VpcEndpointDocument[]
  readonly natGateway: (id: string) => NatGatewayDocument | undefined
  readonly internetGateway: (id: string) => InternetGatewayDocument | undefined
  readonly internetGatewayOf: (vpcId: string) => InternetGatewayDocument | undefined
  readonly prefixList: (id: string) => readonly Cidr[]
  /** Id of the AWS-managed list of `s3` or `dynamodb` in the model's Region. */
  readonly awsPrefixListId: (service: string) => string | undefined
  /** Public blocks of S3 or DynamoDB in a Region. */
  readonly ranges: (region: string, service: string) => readonly Cidr[]
  /** The lowest address of the subnet that no interface has; undefined when it is full. */
  readonly freeAddress: (subnet: Subnet) => Ipv4 | undefined
}

/** A list indexed by one member; a missing list is empty. The first document of an id wins. */
function indexed<D extends object>(member: keyof D): (list: readonly D[]) => ReadonlyMap<unknown, D> {
  return perObject((list: readonly D[]) => {
    const index = new Map<unknown, D>()
    for (const document of list) if (!index.has(document[member])) index.set(document[member], document)
    return index
  })
}

const vpcsById = indexed<VpcDocument>('VpcId')
const subnetsById = indexed<SubnetDocument>('SubnetId')
const groupsById = indexed<SecurityGroupDocument>('GroupId')
const interfacesById = indexed<InterfaceDocument>('NetworkInterfaceId')
const endpointsById = indexed<VpcEndpointDocument>('VpcEndpointId')
const natGatewaysById = indexed<NatGatewayDocument>('NatGatewayId')
const internetGatewaysById = indexed<InternetGatewayDocument>('InternetGatewayId')
const listsById = indexed<NetworkDocuments['ManagedPrefixLists'][number]>('PrefixListId')

const endpointsByVpc = perObject((list: readonly VpcEndpointDocument[]) =>
  Map.groupBy(list, (endpoint) => endpoint.VpcId),
)

const endpointByInterface = perObject(
  (list: readonly VpcEndpointDocument[]) =>
    new Map(list.flatMap((endpoint) => (endpoint.NetworkInterfaceIds ?? []).map((id) => [id, endpoint] as const))),
)

/** Own private addresses of an interface, the primary first. */
export const privateAddresses = perObject((document: InterfaceDocument): readonly Ipv4[] => {
  const texts = [
    document.PrivateIpAddress,
    ...(document.PrivateIpAddresses ?? []).map((entry) => entry.PrivateIpAddress),
  ]
  return [...new Set(texts.flatMap((text) => parseIpv4(text ?? '') ?? []))]
})

const interfacesByAddress = perObject((list: readonly InterfaceDocument[]) => {
  const vpcs = new Map<string | undefined, Map<Ipv4, InterfaceDocument>>()
  for (const document of list) {
    const addresses = vpcs.get(document.VpcId) ?? new Map<Ipv4, InterfaceDocument>()
    vpcs.set(document.VpcId, addresses)
    for (const address of privateAddresses(document)) addresses.set(address, document)
  }
  return vpcs
})

const tablesBySubnet = perObject((list: readonly RouteTableDocument[]) => {
  const tables = new Map<string, RouteTableDocument>()
  for (const table of list) {
    for (const association of table.Associations ?? []) {
      if (association.SubnetId) tables.set(association.SubnetId, table)
      else if (association.Main && table.VpcId) tables.set(table.VpcId, table)
    }
  }
  return tables
})

const aclsBySubnet = perObject((list: readonly NetworkAclDocument[]) => {
  const acls = new Map<string, NetworkAclDocument>()
  for (const acl of list) {
    if (acl.IsDefault && acl.VpcId) acls.set(acl.VpcId, acl)
    for (const association of acl.Associations ?? []) if (association.SubnetId) acls.set(association.SubnetId, acl)
  }
  return acls
})

const blocks = perObject((list: { Cidrs?: string[] }) => parseCidrs(list.Cidrs ?? []))

const vpcOf = perObject((document: VpcDocument): Vpc => ({
  id: document.VpcId ?? '',
  document,
  cidrs: parseCidrs([
    ...new Set([
      document.CidrBlock,
      ...(document.CidrBlockAssociationSet ?? [])
        .filter((entry) => (entry.CidrBlockState?.State ?? 'associated') === 'associated')
        .map((entry) => entry.CidrBlock),
    ]),
  ]),
  // Defaults of the EC2 API: support on; host names only in a default VPC.
  dnsSupport: document.EnableDnsSupport ?? true,
  dnsHostnames: document.EnableDnsHostnames ?? document.IsDefault ?? false,
}))

/** First four addresses and the last of a subnet are AWS's (VPC user guide, "Subnet sizing"). */
const RESERVED_AT_START = 4

export function buildModel(documents: NetworkDocuments, region: string): Model {
  const vpc = (id: string | undefined): Vpc | undefined => {
    const document = vpcsById(documents.Vpcs).get(id)
    return document && vpcOf(document)
  }
  const prefixList = perKey((id: string): readonly Cidr[] => {
    const list =
      listsById(documents.ManagedPrefixLists).get(id) ?? awsPrefixLists(region).find((own) => own.PrefixListId === id)
    return list ? blocks(list) : []
  })
  const compiled = perKey((table: RouteTableDocument) =>
    compileRouteTable(table, vpc(table.VpcId)?.cidrs ?? [], prefixList),
  )
  const subnet = perKey((id: string | undefined): Subnet | undefined => {
    const document = subnetsById(documents.Subnets).get(id)
    const home = vpc(document?.VpcId)
    if (!document || !home) return undefined
    const acls = aclsBySubnet(documents.NetworkAcls)
    const tables = tablesBySubnet(documents.RouteTables)
    const table = tables.get(document.SubnetId ?? '') ?? tables.get(home.id)
    return {
      id: document.SubnetId ?? '',
      document,
      vpc: home,
      cidr: parseCidr(document.CidrBlock ?? ''),
      zone: document.AvailabilityZone ?? '',
      routes: table ? compiled(table) : compileRouteTable(undefined, home.cidrs, prefixList),
      acl: acls.get(document.SubnetId ?? '') ?? acls.get(home.id),
    }
  })
  const group = (id: string | undefined): SecurityGroupDocument | undefined =>
    groupsById(documents.SecurityGroups).get(id)
  const interfaceOf = perKey((document: InterfaceDocument): Interface | undefined => {
    const home = subnet(document.SubnetId)
    const address = privateAddresses(document)[0]
    if (!home || address === undefined) return undefined
    const publicIp =
      document.Association?.PublicIp ??
      documents.Addresses.find(
        (entry) => entry.NetworkInterfaceId && entry.NetworkInterfaceId === document.NetworkInterfaceId,
      )?.PublicIp
    const groupIds = (document.Groups ?? []).flatMap((entry) => entry.GroupId ?? [])
    return {
      id: document.NetworkInterfaceId ?? '',
      address,
      publicAddress: parseIpv4(publicIp ?? ''),
      subnet: home,
      groups: groupIds.flatMap((id) => group(id) ?? []),
      groupIds: new Set(groupIds),
      document,
    }
  })
  const inVpc = (vpcId: string): ReadonlyMap<Ipv4, InterfaceDocument> | undefined =>
    interfacesByAddress(documents.NetworkInterfaces).get(vpcId)
  const publicInterfaces = perObject((list: NetworkDocuments['NetworkInterfaces']) => {
    const found = list.flatMap((document) => interfaceOf(document) ?? [])
    return new Map(found.flatMap((one) => (one.publicAddress === undefined ? [] : [[one.publicAddress, one] as const])))
  })
  const internetGatewayOf = perKey((vpcId: string) =>
    documents.InternetGateways.find((gateway) => gateway.Attachments?.some((attachment) => attachment.VpcId === vpcId)),
  )
  const awsList = (name: string, service: string) => {
    const own = documents.ManagedPrefixLists.find((list) => list.PrefixListName === `com.amazonaws.${name}.${service}`)
    return own ?? awsPrefixLists(name).find((list) => serviceOfPrefixList(list) === service)
  }
  const ranges = perKey((key: string): readonly Cidr[] => {
    const [name, service] = key.split(' ')
    const list = awsList(name!, service!)
    return list ? blocks(list) : []
  })
  return {
    documents,
    region,
    vpc,
    subnet,
    group,
    interface(id) {
      const document = interfacesById(documents.NetworkInterfaces).get(id)
      return document && interfaceOf(document)
    },
    interfaceAt(vpcId, address) {
      const document = inVpc(vpcId)?.get(address)
      return document && interfaceOf(document)
    },
    publicInterfaceAt: (address) => publicInterfaces(documents.NetworkInterfaces).get(address),
    endpoint: (id) => endpointsById(documents.VpcEndpoints).get(id),
    endpointOf: (id) => endpointByInterface(documents.VpcEndpoints).get(id),
    endpointsOf: (vpcId) => endpointsByVpc(documents.VpcEndpoints).get(vpcId) ?? [],
    natGateway: (id) => natGatewaysById(documents.NatGateways).get(id),
    internetGateway: (id) => internetGatewaysById(documents.InternetGateways).get(id),
    internetGatewayOf,
    prefixList,
    awsPrefixListId: (service) => awsList(region, service)?.PrefixListId,
    ranges: (name, service) => ranges(`${name} ${service}`),
    freeAddress: perKey((home: Subnet) => {
      if (!home.cidr) return undefined
      const { base } = home.cidr
      const taken = inVpc(home.vpc.id)
      const last = base + 2 ** (32 - home.cidr.length) - 1
      for (let address = base + RESERVED_AT_START; address < last; address++) if (!taken?.has(address)) return address
      return undefined
    }),
  }
}

/** Whether an address is inside a VPC. */
export function inside(vpc: Vpc, address: Ipv4): boolean {
  return vpc.cidrs.some((cidr) => contains(cidr, address))
}

/** Whether an interface is a NAT gateway's: EC2 prints `nat_gateway`, the SDK's list of values has `natGateway`. */
export function isNatGateway(one: Interface): boolean {
  return /^nat_?gateway$/i.test(one.document?.InterfaceType ?? '')
}
