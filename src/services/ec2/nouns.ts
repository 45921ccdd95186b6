import type { Tag } from '@aws-sdk/client-ec2'
import type { ContextValues } from '../../policy/types.ts'
import type { Shape } from '../../wire/shape.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type {
  AddressDocument,
  DhcpOptionsDocument,
  InstanceDocument,
  InternetGatewayDocument,
  KeyPairDocument,
  NatGatewayDocument,
  NetworkAclDocument,
  NetworkInterfaceDocument,
  NetworkInterfacePermissionDocument,
  RouteTableDocument,
  SecurityGroupDocument,
  SecurityGroupRuleDocument,
  SubnetDocument,
  VpcDocument,
  VpcEndpointDocument,
} from './documents.ts'

/** Makes the ARN of a resource in the call's account and Region. */
export type ArnOf = (type: string, id: string) => string

/** What EC2 knows about one kind of thing, as data: everything that describing, tagging and authorizing have in common. */
export interface Noun<T extends object> {
  /** Kind in the store. */
  readonly kind: string
  /** Resource type in ARNs, tag specifications and DescribeTags. */
  readonly type: string
  /** `vpc-` */
  readonly prefix: string
  /** Member that holds the id. */
  readonly idMember: keyof T & string
  /** Member that holds the tags; absent where EC2 does not tag such a thing. */
  readonly tagMember?: keyof T & string
  readonly notFound: (id: string) => AwsError
  /** Error for an id that cannot be one; absent where EC2 answers NotFound for that as well. */
  readonly malformed?: (id: string) => AwsError
  /** Condition keys of an existing one beside its tags (Service Authorization Reference, "Actions… for Amazon EC2"). */
  readonly keys: (document: T, arn: ArnOf) => ContextValues
}

export const noun = <T extends object>(data: Noun<T>): Noun<T> => data

/** `The vpc ID 'vpc-1' does not exist` */
export const notFound = (code: string, called: string) => (id: string) =>
  new AwsError(code, `The ${called} '${id}' does not exist`)

export const vpcs = noun<VpcDocument>({
  kind: 'ec2/vpc',
  type: 'vpc',
  prefix: 'vpc-',
  idMember: 'VpcId',
  tagMember: 'Tags',
  notFound: notFound('InvalidVpcID.NotFound', 'vpc ID'),
  keys: (vpc) => ({ 'ec2:VpcID': vpc.VpcId, 'ec2:Tenancy': vpc.InstanceTenancy ?? 'default' }),
})

export const subnets = noun<SubnetDocument>({
  kind: 'ec2/subnet',
  type: 'subnet',
  prefix: 'subnet-',
  idMember: 'SubnetId',
  tagMember: 'Tags',
  notFound: notFound('InvalidSubnetID.NotFound', 'subnet ID'),
  keys: (subnet, arn) => ({
    'ec2:SubnetID': subnet.SubnetId,
    'ec2:Vpc': arn('vpc', subnet.VpcId),
    'ec2:AvailabilityZone': subnet.AvailabilityZone,
    'ec2:AvailabilityZoneId': subnet.AvailabilityZoneId,
  }),
})

export const routeTables = noun<RouteTableDocument>({
  kind: 'ec2/route-table',
  type: 'route-table',
  prefix: 'rtb-',
  idMember: 'RouteTableId',
  tagMember: 'Tags',
  notFound: notFound('InvalidRouteTableID.NotFound', 'routeTable ID'),
  keys: (table, arn) => ({ 'ec2:RouteTableID': table.RouteTableId, 'ec2:Vpc': arn('vpc', table.VpcId) }),
})

export const networkAcls = noun<NetworkAclDocument>({
  kind: 'ec2/network-acl',
  type: 'network-acl',
  prefix: 'acl-',
  idMember: 'NetworkAclId',
  tagMember: 'Tags',
  notFound: notFound('InvalidNetworkAclID.NotFound', 'networkAcl ID'),
  keys: (acl, arn) => ({ 'ec2:NetworkAclID': acl.NetworkAclId, 'ec2:Vpc': arn('vpc', acl.VpcId) }),
})

export const securityGroups = noun<SecurityGroupDocument>({
  kind: 'ec2/security-group',
  type: 'security-group',
  prefix: 'sg-',
  idMember: 'GroupId',
  tagMember: 'Tags',
  notFound: notFound('InvalidGroup.NotFound', 'security group'),
  malformed: (id) => new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`),
  keys: (group, arn) => ({ 'ec2:SecurityGroupID': group.GroupId, 'ec2:Vpc': arn('vpc', group.VpcId) }),
})

export const securityGroupRules = noun<SecurityGroupRuleDocument>({
  kind: 'ec2/security-group-rule',
  type: 'security-group-rule',
  prefix: 'sgr-',
  idMember: 'SecurityGroupRuleId',
  tagMember: 'Tags',
  notFound: notFound('InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'),
  keys: () => ({}),
})

export const networkInterfaces = noun<NetworkInterfaceDocument>({
  kind: 'ec2/network-interface',
  type: 'network-interface',
  prefix: 'eni-',
  idMember: 'NetworkInterfaceId',
  tagMember: 'TagSet',
  notFound: notFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
  keys: (eni, arn) => ({
    'ec2:NetworkInterfaceID': eni.NetworkInterfaceId,
    'ec2:Subnet': arn('subnet', eni.SubnetId),
    'ec2:Vpc': arn('vpc', eni.VpcId),
    'ec2:AvailabilityZone': eni.AvailabilityZone,
  }),
})

export const networkInterfacePermissions = noun<NetworkInterfacePermissionDocument>({
  kind: 'ec2/network-interface-permission',
  type: 'network-interface-permission',
  prefix: 'eni-perm-',
  idMember: 'NetworkInterfacePermissionId',
  notFound: notFound('InvalidPermissionID.NotFound', 'network interface permission ID'),
  keys: () => ({}),
})

export const internetGateways = noun<InternetGatewayDocument>({
  kind: 'ec2/internet-gateway',
  type: 'internet-gateway',
  prefix: 'igw-',
  idMember: 'InternetGatewayId',
  tagMember: 'Tags',
  notFound: notFound('InvalidInternetGatewayID.NotFound', 'internetGateway ID'),
  keys: (gateway) => ({ 'ec2:InternetGatewayID': gateway.InternetGatewayId }),
})

export const natGateways = noun<NatGatewayDocument>({
  kind: 'ec2/nat-gateway',
  type: 'natgateway',
  prefix: 'nat-',
  idMember: 'NatGatewayId',
  tagMember: 'Tags',
  notFound: (id) => new AwsError('NatGatewayNotFound', `The Nat Gateway ${id} was not found`),
  keys: (gateway, arn) => ({ 'ec2:Vpc': arn('vpc', gateway.VpcId) }),
})

export const vpcEndpoints = noun<VpcEndpointDocument>({
  kind: 'ec2/vpc-endpoint',
  type: 'vpc-endpoint',
  prefix: 'vpce-',
  idMember: 'VpcEndpointId',
  tagMember: 'Tags',
  notFound: notFound('InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'),
  malformed: (id) => malformedId('InvalidVpcEndpointId.Malformed', 'Vpc Endpoint Id', id, 'vpce-'),
  keys: (endpoint) => ({
    'ec2:VpceServiceName': endpoint.ServiceName,
    'ec2:VpceServiceOwner': 'amazon',
    ...(endpoint.ServiceRegion ? { 'ec2:VpceServiceRegion': endpoint.ServiceRegion } : {}),
  }),
})

export const dhcpOptions = noun<DhcpOptionsDocument>({
  kind: 'ec2/dhcp-options',
  type: 'dhcp-options',
  prefix: 'dopt-',
  idMember: 'DhcpOptionsId',
  tagMember: 'Tags',
  notFound: notFound('InvalidDhcpOptionID.NotFound', 'dhcpOption ID'),
  keys: (options) => ({ 'ec2:DhcpOptionsID': options.DhcpOptionsId }),
})

export const addresses = noun<AddressDocument>({
  kind: 'ec2/address',
  type: 'elastic-ip',
  prefix: 'eipalloc-',
  idMember: 'AllocationId',
  tagMember: 'Tags',
  notFound: notFound('InvalidAllocationID.NotFound', 'allocation ID'),
  keys: (address) => ({
    'ec2:AllocationId': address.AllocationId,
    'ec2:Domain': 'vpc',
    'ec2:PublicIpAddress': address.PublicIp,
  }),
})

/** EC2's older way to refuse an id: `Invalid id: "x" (expecting "i-...")`. */
const badId = (code: string, prefix: string) => (id: string) =>
  new AwsError(code, `Invalid id: "${id}" (expecting "${prefix}...")`)

export const instances = noun<InstanceDocument>({
  kind: 'ec2/instance',
  type: 'instance',
  prefix: 'i-',
  idMember: 'InstanceId',
  tagMember: 'Tags',
  notFound: notFound('InvalidInstanceID.NotFound', 'instance ID'),
  malformed: badId('InvalidInstanceID.Malformed', 'i-'),
  keys: (instance) => ({
    'ec2:InstanceID': instance.InstanceId,
    'ec2:InstanceType': instance.InstanceType,
    'ec2:AvailabilityZone': instance.Placement.AvailabilityZone ?? '',
    'ec2:AvailabilityZoneId': instance.Placement.AvailabilityZoneId ?? '',
    'ec2:EbsOptimized': String(instance.EbsOptimized ?? false),
    'ec2:InstanceAutoRecovery': instance.MaintenanceOptions?.AutoRecovery ?? 'default',
    'ec2:InstanceMarketType': 'on-demand',
    'ec2:MetadataHttpEndpoint': instance.MetadataOptions.HttpEndpoint ?? 'enabled',
    'ec2:MetadataHttpPutResponseHopLimit': String(instance.MetadataOptions.HttpPutResponseHopLimit ?? 1),
    'ec2:MetadataHttpTokens': instance.MetadataOptions.HttpTokens ?? 'optional',
    'ec2:InstanceMetadataTags': instance.MetadataOptions.InstanceMetadataTags ?? 'disabled',
    'ec2:RootDeviceType': instance.RootDeviceType ?? 'ebs',
    'ec2:Tenancy': instance.Placement.Tenancy ?? 'default',
    ...(instance.IamInstanceProfile?.Arn ? { 'ec2:InstanceProfile': instance.IamInstanceProfile.Arn } : {}),
  }),
})

export const keyPairs = noun<KeyPairDocument>({
  kind: 'ec2/key-pair',
  type: 'key-pair',
  prefix: 'key-',
  idMember: 'KeyPairId',
  tagMember: 'Tags',
  notFound: (id) => new AwsError('InvalidKeyPair.NotFound', `The key pair ID '${id}' does not exist`),
  keys: (pair) => ({ 'ec2:KeyPairName': pair.KeyName, 'ec2:KeyPairType': pair.KeyType }),
})

/** PrivateLink's own way to refuse an id (facts: errors.md A6). */
export function malformedId(code: string, called: string, id: string, prefix: string): AwsError {
  return new AwsError(
    code,
    `Invalid ${called}: '${id}' (expecting '${prefix}...; the Id may only contain lowercase alphanumeric characters and a single dash')`,
  )
}

/** Everything that carries tags, in the order in which DescribeTags walks it. */
export const taggable: readonly Noun<never>[] = [
  dhcpOptions,
  addresses,
  instances,
  internetGateways,
  keyPairs,
  natGateways,
  networkAcls,
  networkInterfaces,
  routeTables,
  securityGroups,
  securityGroupRules,
  subnets,
  vpcs,
  vpcEndpoints,
]

export function tagsOf<T extends object>(noun: Noun<T>, document: T): readonly Shape<Tag>[] {
  return noun.tagMember ? ((document[noun.tagMember] as Shape<Tag>[] | undefined) ?? []) : []
}

export function idOf<T extends object>(noun: Noun<T>, document: T): string {
  return document[noun.idMember] as string
}
