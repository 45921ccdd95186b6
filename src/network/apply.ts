/**
 * What an EC2 call would make of the documents: enough of each operation to try a fix before anyone calls it.
 * New objects get ids that say so (`vpce-new-1`), because only EC2 knows the real ones.
 */
import type { NetworkDocuments, NetworkFix } from './types.ts'
import { formatIpv4 } from './addresses.ts'
import { buildModel } from './model.ts'
import type { VpcEndpointDocument } from './model.ts'
import { serviceByName } from './services.ts'

type Element<K extends keyof NetworkDocuments> = NetworkDocuments[K][number]
type Permissions = NonNullable<Element<'SecurityGroups'>['IpPermissions']>
type Routes = NonNullable<Element<'RouteTables'>['Routes']>

interface DestinationInput {
  DestinationCidrBlock?: string
  DestinationIpv6CidrBlock?: string
}

interface RouteInput extends DestinationInput {
  RouteTableId: string
  GatewayId?: string
  NatGatewayId?: string
  VpcPeeringConnectionId?: string
  TransitGatewayId?: string
  EgressOnlyInternetGatewayId?: string
}

interface TransitRouteInput {
  DestinationCidrBlock: string
  TransitGatewayRouteTableId: string
  TransitGatewayAttachmentId: string
}

/** The inputs of the calls that fixes use; members as in the EC2 API. */
export interface CallInputs {
  AuthorizeSecurityGroupEgress: { GroupId: string; IpPermissions: Permissions }
  AuthorizeSecurityGroupIngress: { GroupId: string; IpPermissions: Permissions }
  CreateRoute: RouteInput
  ReplaceRoute: RouteInput
  DeleteRoute: { RouteTableId: string } & DestinationInput
  CreateTransitGatewayRoute: TransitRouteInput
  ReplaceTransitGatewayRoute: TransitRouteInput
  ModifyTransitGatewayVpcAttachment: { TransitGatewayAttachmentId: string; AddSubnetIds: string[] }
  ModifyNetworkInterfaceAttribute: { NetworkInterfaceId: string; SourceDestCheck: { Value: false } }
  CreateVpcEndpoint: {
    VpcId: string
    ServiceName: string
    VpcEndpointType: 'Gateway' | 'Interface'
    RouteTableIds?: string[]
    SubnetIds?: string[]
    SecurityGroupIds?: string[]
    PrivateDnsEnabled?: boolean
  }
  ModifyVpcEndpoint: {
    VpcEndpointId: string
    AddRouteTableIds?: string[]
    AddSubnetIds?: string[]
    PrivateDnsEnabled?: boolean
  }
  ModifyVpcAttribute: { VpcId: string; EnableDnsSupport?: { Value: boolean }; EnableDnsHostnames?: { Value: boolean } }
  CreateNetworkAclEntry: {
    NetworkAclId: string
    RuleNumber: number
    Protocol: string
    RuleAction: 'allow'
    Egress: boolean
    CidrBlock?: string
    Ipv6CidrBlock?: string
    PortRange?: { From: number; To: number }
    IcmpTypeCode?: { Type: number; Code: number }
  }
  AssociateDhcpOptions: { VpcId: string; DhcpOptionsId: string }
}

type Changes = {
  [O in keyof CallInputs]: (documents: NetworkDocuments, input: CallInputs[O], region: string) => NetworkDocuments
}

/** The documents with those of one list changed that have the id. */
function change<K extends keyof NetworkDocuments>(
  documents: NetworkDocuments,
  list: K,
  member: keyof Element<K>,
  id: string,
  to: (document: Element<K>) => Element<K>,
): NetworkDocuments {
  const all: readonly Element<K>[] = documents[list]
  return { ...documents, [list]: all.map((document) => (document[member] === id ? to(document) : document)) }
}

const changeRoutes = (documents: NetworkDocuments, id: string, to: (routes: Routes) => Routes): NetworkDocuments =>
  change(documents, 'RouteTables', 'RouteTableId', id, (table) => ({ ...table, Routes: to(table.Routes ?? []) }))

const staticRoute = ({ RouteTableId: _, ...route }: RouteInput): Routes[number] => ({
  ...route,
  Origin: 'CreateRoute',
  State: 'active',
})

const isTo = (route: DestinationInput, asked: DestinationInput): boolean =>
  route.DestinationCidrBlock === asked.DestinationCidrBlock &&
  route.DestinationIpv6CidrBlock === asked.DestinationIpv6CidrBlock

function withTransitRoute(documents: NetworkDocuments, input: TransitRouteInput): NetworkDocuments {
  const { DestinationCidrBlock, TransitGatewayRouteTableId, TransitGatewayAttachmentId } = input
  const route = {
    DestinationCidrBlock,
    TransitGatewayAttachments: [{ TransitGatewayAttachmentId }],
    Type: 'static' as const,
    State: 'active' as const,
  }
  return change(
    documents,
    'TransitGatewayRouteTables',
    'TransitGatewayRouteTableId',
    TransitGatewayRouteTableId,
    (table) => {
      const others = (table.Routes ?? []).filter(
        (one) => one.Type === 'propagated' || one.DestinationCidrBlock !== DestinationCidrBlock,
      )
      return { ...table, Routes: [...others, route] }
    },
  )
}

/** EC2 keeps a gateway endpoint's route in every associated table. */
function withGatewayRoutes(
  documents: NetworkDocuments,
  endpoint: VpcEndpointDocument,
  tableIds: readonly string[],
  region: string,
): NetworkDocuments {
  const service = serviceByName(region, endpoint.ServiceName ?? '')
  const listId = service && buildModel(documents, region).awsPrefixListId(service.id)
  if (listId === undefined) return documents
  const route: Routes[number] = {
    DestinationPrefixListId: listId,
    GatewayId: endpoint.VpcEndpointId ?? '',
    Origin: 'CreateRoute',
    State: 'active',
  }
  return tableIds.reduce((after, id) => changeRoutes(after, id, (routes) => [...routes, route]), documents)
}

/** EC2 makes one interface per subnet, with the endpoint's groups. */
function withInterfaces(
  documents: NetworkDocuments,
  endpointId: string,
  subnetIds: readonly string[],
  region: string,
): NetworkDocuments {
  return subnetIds.reduce((after, subnetId) => {
    const model = buildModel(after, region)
    const subnet = model.subnet(subnetId)
    const endpoint = model.endpoint(endpointId)
    const address = subnet && model.freeAddress(subnet)
    if (!subnet || !endpoint || address === undefined || endpoint.VpcId !== subnet.vpc.id) return after
    const NetworkInterfaceId = `eni-new-${after.NetworkInterfaces.length + 1}`
    const added: Element<'NetworkInterfaces'> = {
      NetworkInterfaceId,
      InterfaceType: 'vpc_endpoint',
      Description: `VPC Endpoint Interface ${endpointId}`,
      RequesterManaged: true,
      Status: 'in-use',
      VpcId: subnet.vpc.id,
      SubnetId: subnetId,
      AvailabilityZone: subnet.zone,
      PrivateIpAddress: formatIpv4(address),
      Groups: endpoint.Groups ?? [],
    }
    return {
      ...change(after, 'VpcEndpoints', 'VpcEndpointId', endpointId, (document) => ({
        ...document,
        SubnetIds: [...(document.SubnetIds ?? []), subnetId],
        NetworkInterfaceIds: [...(document.NetworkInterfaceIds ?? []), NetworkInterfaceId],
      })),
      NetworkInterfaces: [...after.NetworkInterfaces, added],
    }
  }, documents)
}

const CHANGES: Changes = {
  AuthorizeSecurityGroupEgress: (documents, { GroupId, IpPermissions }) =>
    change(documents, 'SecurityGroups', 'GroupId', GroupId, (group) => ({
      ...group,
      IpPermissionsEgress: [...(group.IpPermissionsEgress ?? []), ...IpPermissions],
    })),
  AuthorizeSecurityGroupIngress: (documents, { GroupId, IpPermissions }) =>
    change(documents, 'SecurityGroups', 'GroupId', GroupId, (group) => ({
      ...group,
      IpPermissions: [...(group.IpPermissions ?? []), ...IpPermissions],
    })),
  CreateRoute: (documents, input) =>
    changeRoutes(documents, input.RouteTableId, (routes) => [...routes, staticRoute(input)]),
  ReplaceRoute: (documents, input) =>
    changeRoutes(documents, input.RouteTableId, (routes) =>
      routes.map((route) => (isTo(route, input) ? staticRoute(input) : route)),
    ),
  DeleteRoute: (documents, input) =>
    changeRoutes(documents, input.RouteTableId, (routes) => routes.filter((route) => !isTo(route, input))),
  CreateTransitGatewayRoute: withTransitRoute,
  ReplaceTransitGatewayRoute: withTransitRoute,
  ModifyTransitGatewayVpcAttachment: (documents, { TransitGatewayAttachmentId, AddSubnetIds }) =>
    change(
      documents,
      'TransitGatewayVpcAttachments',
      'TransitGatewayAttachmentId',
      TransitGatewayAttachmentId,
      (attachment) => ({ ...attachment, SubnetIds: [...(attachment.SubnetIds ?? []), ...AddSubnetIds] }),
    ),
  ModifyNetworkInterfaceAttribute: (documents, { NetworkInterfaceId, SourceDestCheck }) =>
    change(documents, 'NetworkInterfaces', 'NetworkInterfaceId', NetworkInterfaceId, (one) => ({
      ...one,
      SourceDestCheck: SourceDestCheck.Value,
    })),
  CreateVpcEndpoint(documents, input, region) {
    const { RouteTableIds = [], SubnetIds = [], SecurityGroupIds = [] } = input
    const VpcEndpointId = `vpce-new-${documents.VpcEndpoints.length + 1}`
    const endpoint: VpcEndpointDocument = {
      VpcEndpointId,
      VpcEndpointType: input.VpcEndpointType,
      VpcId: input.VpcId,
      ServiceName: input.ServiceName,
      State: 'Available',
      RouteTableIds,
      Groups: SecurityGroupIds.map((GroupId) => ({ GroupId })),
      PrivateDnsEnabled: input.PrivateDnsEnabled ?? false,
    }
    const made = { ...documents, VpcEndpoints: [...documents.VpcEndpoints, endpoint] }
    return input.VpcEndpointType === 'Gateway'
      ? withGatewayRoutes(made, endpoint, RouteTableIds, region)
      : withInterfaces(made, VpcEndpointId, SubnetIds, region)
  },
  ModifyVpcEndpoint(documents, input, region) {
    const { VpcEndpointId, AddRouteTableIds = [], AddSubnetIds = [], PrivateDnsEnabled } = input
    const endpoint = documents.VpcEndpoints.find((document) => document.VpcEndpointId === VpcEndpointId)
    if (!endpoint) return documents
    const changed = change(documents, 'VpcEndpoints', 'VpcEndpointId', VpcEndpointId, (document) => ({
      ...document,
      RouteTableIds: [...(document.RouteTableIds ?? []), ...AddRouteTableIds],
      ...(PrivateDnsEnabled !== undefined && { PrivateDnsEnabled }),
    }))
    return withInterfaces(
      withGatewayRoutes(changed, endpoint, AddRouteTableIds, region),
      VpcEndpointId,
      AddSubnetIds,
      region,
    )
  },
  ModifyVpcAttribute: (documents, { VpcId, EnableDnsSupport, EnableDnsHostnames }) =>
    change(documents, 'Vpcs', 'VpcId', VpcId, (vpc) => ({
      ...vpc,
      ...(EnableDnsSupport && { EnableDnsSupport: EnableDnsSupport.Value }),
      ...(EnableDnsHostnames && { EnableDnsHostnames: EnableDnsHostnames.Value }),
    })),
  CreateNetworkAclEntry: (documents, { NetworkAclId, ...entry }) =>
    change(documents, 'NetworkAcls', 'NetworkAclId', NetworkAclId, (acl) => ({
      ...acl,
      Entries: [...(acl.Entries ?? []), entry],
    })),
  AssociateDhcpOptions: (documents, { VpcId, DhcpOptionsId }) =>
    change(documents, 'Vpcs', 'VpcId', VpcId, (vpc) => ({ ...vpc, DhcpOptionsId })),
}

/**
 * The documents after an EC2 call of a fix. Calls about unknown objects change nothing.
 * @throws {TypeError} for an operation that no fix uses.
 */
export function applyCall(documents: NetworkDocuments, region: string, call: NetworkFix['call']): NetworkDocuments {
  if (!Object.hasOwn(CHANGES, call.operation))
    throw new TypeError(`${call.operation} is not a call that fixes are made of`)
  const apply = CHANGES[call.operation as keyof CallInputs] as (
    documents: NetworkDocuments,
    input: unknown,
    region: string,
  ) => NetworkDocuments
  return apply(documents, call.input, region)
}
