/**
 * The documents of one account and Region, indexed so that a packet's way can be walked: everything by id, interfaces by
 * address, the route table and the ACL of each subnet. Each part is made when first asked for.
 */
import type { InternetView, NetworkDocuments } from './types.ts'
import { contains, parseBlocks, parseCidr, parseCidrs } from './addresses.ts'
import type { Block, Cidr, Cidr6, Ip, Ipv4, Ipv6 } from './addresses.ts'
import { canonicalLists } from './list-index.ts'
import type { Index } from './list-index.ts'
import * as lists from './lists.ts'
import { once, perKey, perObject } from './memo.ts'
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
  /** Of both families. */
  readonly blocks: readonly Block[]
  readonly dnsSupport: boolean
  readonly dnsHostnames: boolean
}

export interface Subnet {
  readonly id: string
  readonly document: SubnetDocument
  readonly vpc: Vpc
  readonly cidr: Cidr | undefined
  readonly cidr6: Cidr6 | undefined
  readonly zone: string
  readonly routes: CompiledRouteTable
  readonly acl: NetworkAclDocument | undefined
}

/** One end of a flow inside a VPC: an interface, or one that is only supposed. */
export interface Interface {
  /** `eni-…`, or `an interface in subnet-…`. */
  readonly id: string
  readonly address: Ipv4 | undefined
  readonly address6: Ipv6 | undefined
  readonly publicAddress: Ipv4 | undefined
  readonly subnet: Subnet
  readonly groups: readonly SecurityGroupDocument[]
  readonly groupIds: ReadonlySet<string>
  readonly document?: InterfaceDocument
}

export interface Model {
  readonly documents: NetworkDocuments
  readonly region: string
  /** Absent: the internet is beyond the model. */
  readonly internet?: InternetView
  readonly vpc: (id: string | undefined) => Vpc | undefined
  readonly subnet: (id: string | undefined) => Subnet | undefined
  readonly group: (id: string | undefined) => SecurityGroupDocument | undefined
  readonly interface: (id: string | undefined) => Interface | undefined
  readonly interfaceAt: (vpcId: string, address: Ip) => Interface | undefined
  /** The interface that the internet knows by this address. */
  readonly publicInterfaceAt: (address: Ip) => Interface | undefined
  readonly publicAddresses: () => Iterable<Ip>
  readonly endpoint: (id: string) => VpcEndpointDocument | undefined
  /** The interface endpoint that this interface belongs to. */
  readonly endpointOf: (networkInterfaceId: string) => VpcEndpointDocument | undefined
  readonly endpointsOf: (vpcId: string) => readonly VpcEndpointDocument[]
  readonly natGateway: (id: string) => NatGatewayDocument | undefined
  readonly internetGateway: (id: string) => InternetGatewayDocument | undefined
  readonly internetGatewayOf: (vpcId: string) => InternetGatewayDocument | undefined
  readonly prefixList: (id: string) => readonly Block[]
  /** Id of the AWS-managed list of `s3` or `dynamodb` in the model's Region. */
  readonly awsPrefixListId: (service: string) => string | undefined
  /** Public blocks of S3 or DynamoDB in a Region. */
  readonly ranges: (region: string, service: string) => readonly Cidr[]
  /** The lowest address of the subnet that no interface has; undefined when it is full. */
  readonly freeAddress: (subnet: Subnet) => Ipv4 | undefined
  /** The same in IPv6. */
  readonly freeAddress6: (subnet: Subnet) => Ipv6 | undefined
}

const blocks4 = perObject((list: { Cidrs?: string[] }) => parseCidrs(list.Cidrs ?? []))
const blocks = perObject((list: { Cidrs?: string[] }) => parseBlocks(list.Cidrs ?? []))

const isAssociated = (state: { State?: string } | undefined): boolean => (state?.State ?? 'associated') === 'associated'

const vpcOf = perObject((document: VpcDocument): Vpc => {
  const { CidrBlock, CidrBlockAssociationSet = [], Ipv6CidrBlockAssociationSet = [] } = document
  const associated = CidrBlockAssociationSet.filter((entry) => isAssociated(entry.CidrBlockState))
  const cidrs = parseCidrs([...new Set([CidrBlock, ...associated.map((entry) => entry.CidrBlock)])])
  const associated6 = Ipv6CidrBlockAssociationSet.filter((entry) => isAssociated(entry.Ipv6CidrBlockState))
  return {
    id: document.VpcId ?? '',
    document,
    cidrs,
    blocks: [...cidrs, ...parseBlocks(associated6.map((entry) => entry.Ipv6CidrBlock))],
    // Defaults of the EC2 API: support on; host names only in a default VPC.
    dnsSupport: document.EnableDnsSupport ?? true,
    dnsHostnames: document.EnableDnsHostnames ?? document.IsDefault ?? false,
  }
})

/** A subnet has one block of IPv6 at most. */
function cidr6Of({ Ipv6CidrBlockAssociationSet = [] }: SubnetDocument): Cidr6 | undefined {
  const associated = Ipv6CidrBlockAssociationSet.filter((entry) => isAssociated(entry.Ipv6CidrBlockState))
  const [block] = parseBlocks(associated.map((entry) => entry.Ipv6CidrBlock))
  return typeof block?.base === 'bigint' ? { base: block.base, length: block.length } : undefined
}

const isFour = (address: Ip): address is Ipv4 => typeof address === 'number'
const isSix = (address: Ip): address is Ipv6 => typeof address === 'bigint'

/** First four addresses and the last of a subnet are AWS's (VPC user guide, "Subnet sizing"). */
const RESERVED_AT_START = 4

/** The model behind a network; made once. */
export function modelOf(network: { readonly documents: NetworkDocuments; readonly region: string }): Model {
  return models(network.documents)(network.region)
}

const models = perObject((documents: NetworkDocuments) => perKey((region: string) => buildModel(documents, region)))

export function buildModel(given: NetworkDocuments, region: string, internet?: InternetView): Model {
  const documents = canonicalLists(given)
  const vpc = (id: string | undefined): Vpc | undefined => {
    const document = lists.vpcsById(documents.Vpcs).get(id)
    return document && vpcOf(document)
  }
  const prefixList = perKey((id: string): readonly Block[] => {
    const own = lists.listsById(documents.ManagedPrefixLists).get(id)
    const list = own ?? awsPrefixLists(region).find((one) => one.PrefixListId === id)
    return list ? blocks(list) : []
  })
  const compiled = perKey((table: RouteTableDocument) =>
    compileRouteTable(table, vpc(table.VpcId)?.blocks ?? [], prefixList),
  )
  const subnet = perKey((id: string | undefined): Subnet | undefined => {
    const document = lists.subnetsById(documents.Subnets).get(id)
    const home = vpc(document?.VpcId)
    if (!document || !home) return undefined
    const acls = lists.aclsBySubnet(documents.NetworkAcls)
    const tables = lists.tablesBySubnet(documents.RouteTables)
    const table = tables.get(document.SubnetId ?? '') ?? tables.get(home.id)
    return {
      id: document.SubnetId ?? '',
      document,
      vpc: home,
      cidr: parseCidr(document.CidrBlock ?? ''),
      cidr6: cidr6Of(document),
      zone: document.AvailabilityZone ?? '',
      routes: table ? compiled(table) : compileRouteTable(undefined, home.blocks, prefixList),
      acl: acls.get(document.SubnetId ?? '') ?? acls.get(home.id),
    }
  })
  const group = (id: string | undefined): SecurityGroupDocument | undefined =>
    lists.groupsById(documents.SecurityGroups).get(id)
  const interfaceOf = perKey((document: InterfaceDocument): Interface | undefined => {
    const home = subnet(document.SubnetId)
    const addresses = lists.privateAddresses(document)
    if (!home || addresses.length === 0) return undefined
    const groupIds = (document.Groups ?? []).flatMap((entry) => entry.GroupId ?? [])
    return {
      id: document.NetworkInterfaceId ?? '',
      address: addresses.find(isFour),
      address6: addresses.find(isSix),
      publicAddress: lists.publicAddressOf(documents, document),
      subnet: home,
      groups: groupIds.flatMap((id) => group(id) ?? []),
      groupIds: new Set(groupIds),
      document,
    }
  })
  const interfaces = once(() => lists.interfacesById(documents.NetworkInterfaces).get(''))
  const inVpc = perKey((vpcId: string): Index<Ip, InterfaceDocument> | undefined =>
    lists.interfacesByAddress(documents.NetworkInterfaces).get(vpcId),
  )
  const endpointInterfaces = once(() => lists.endpointByInterface(documents.VpcEndpoints))
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
    return list ? blocks4(list) : []
  })
  return {
    documents,
    region,
    ...(internet && { internet }),
    vpc,
    subnet,
    group,
    interface(id) {
      const document = id === undefined ? undefined : interfaces()?.get(id)
      return document && interfaceOf(document)
    },
    interfaceAt(vpcId, address) {
      const document = inVpc(vpcId)?.get(address)
      return document && interfaceOf(document)
    },
    publicInterfaceAt(address) {
      const document = lists.publicInterfaceAt(documents, address)
      return document && interfaceOf(document)
    },
    publicAddresses: () => lists.publicAddresses(documents),
    endpoint: (id) => lists.endpointsById(documents.VpcEndpoints).get(id),
    endpointOf: (id) => endpointInterfaces().get(id),
    endpointsOf: (vpcId) => lists.endpointsByVpc(documents.VpcEndpoints).get(vpcId) ?? [],
    natGateway: (id) => lists.natGatewaysById(documents.NatGateways).get(id),
    internetGateway: (id) => lists.internetGatewaysById(documents.InternetGateways).get(id),
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
    freeAddress6: perKey((home: Subnet) => {
      if (!home.cidr6) return undefined
      const taken = inVpc(home.vpc.id)
      let address = home.cidr6.base + BigInt(RESERVED_AT_START)
      while (taken?.has(address)) address++
      return address
    }),
  }
}

/** Whether an address is inside a VPC. */
export function inside(vpc: Vpc, address: Ip): boolean {
  return vpc.blocks.some((block) => contains(block, address))
}

/** Whether an address is inside a subnet. */
export function insideSubnet({ cidr, cidr6 }: Subnet, address: Ip): boolean {
  const block = typeof address === 'number' ? cidr : cidr6
  return block !== undefined && contains(block, address)
}

/** The address of an interface in the family of another one. */
export function addressFor(one: Interface, other: Ip): Ip | undefined {
  return typeof other === 'number' ? one.address : one.address6
}

/** Whether an interface is a NAT gateway's: EC2 prints `nat_gateway`, the SDK's list of values has `natGateway`. */
export function isNatGateway(one: Interface): boolean {
  return /^nat_?gateway$/i.test(one.document?.InterfaceType ?? '')
}
