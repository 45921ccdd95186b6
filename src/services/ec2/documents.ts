import type {
  Address,
  DhcpOptions,
  Image,
  Instance,
  InternetGateway,
  KeyPairInfo,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  NetworkInterfacePermission,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
  VpcEndpoint,
} from '@aws-sdk/client-ec2'
import { noDocuments } from '../../network/network.ts'
import { awsPrefixLists } from '../../network/services.ts'
import type { NetworkDocuments } from '../../network/types.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'

/** `T` with the members that this server always fills in. */
export type Having<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> }

/** The attributes are read by DescribeVpcAttribute; DescribeVpcs does not print them. */
export type VpcDocument = Having<Shape<Vpc>, 'VpcId' | 'CidrBlock' | 'CidrBlockAssociationSet' | 'DhcpOptionsId'> & {
  EnableDnsSupport: boolean
  EnableDnsHostnames: boolean
  EnableNetworkAddressUsageMetrics?: boolean
}
/** `AvailableIpAddressCount` is counted from the interfaces when asked, never stored; see subnet/free-addresses.ts. */
export type SubnetDocument = Having<
  Shape<Subnet>,
  'SubnetId' | 'VpcId' | 'CidrBlock' | 'AvailabilityZone' | 'AvailabilityZoneId'
>
export type RouteTableDocument = Having<Shape<RouteTable>, 'RouteTableId' | 'VpcId' | 'Routes' | 'Associations'>
export type NetworkAclDocument = Having<Shape<NetworkAcl>, 'NetworkAclId' | 'VpcId' | 'Entries' | 'Associations'>
/** The permissions are rendered from the group's rules with every change; the rules are the truth. */
export type SecurityGroupDocument = Having<
  Shape<SecurityGroup>,
  'GroupId' | 'GroupName' | 'VpcId' | 'IpPermissions' | 'IpPermissionsEgress'
>
export type SecurityGroupRuleDocument = Having<
  Shape<SecurityGroupRule>,
  'SecurityGroupRuleId' | 'GroupId' | 'IsEgress' | 'IpProtocol' | 'FromPort' | 'ToPort'
>
export type NetworkInterfaceDocument = Having<
  Shape<NetworkInterface>,
  | 'NetworkInterfaceId'
  | 'SubnetId'
  | 'VpcId'
  | 'Groups'
  | 'PrivateIpAddress'
  | 'PrivateIpAddresses'
  | 'AvailabilityZone'
  | 'Status'
> & {
  /** It gets a public address of Amazon's while its instance runs. */
  AssociatePublicIpAddress?: boolean
}
export type NetworkInterfacePermissionDocument = Having<
  Shape<NetworkInterfacePermission>,
  'NetworkInterfacePermissionId' | 'NetworkInterfaceId'
>
export type InternetGatewayDocument = Having<Shape<InternetGateway>, 'InternetGatewayId' | 'Attachments'>
export type NatGatewayDocument = Having<
  Shape<NatGateway>,
  'NatGatewayId' | 'SubnetId' | 'VpcId' | 'State' | 'NatGatewayAddresses'
>
export type VpcEndpointDocument = Having<
  Shape<VpcEndpoint>,
  | 'VpcEndpointId'
  | 'VpcEndpointType'
  | 'VpcId'
  | 'ServiceName'
  | 'PolicyDocument'
  | 'RouteTableIds'
  | 'SubnetIds'
  | 'Groups'
  | 'NetworkInterfaceIds'
  | 'DnsEntries'
>
/** Beside what DescribeInstances prints: what is told by DescribeInstanceAttribute, and the association of the profile. */
export type InstanceDocument = Having<
  Shape<Instance>,
  | 'InstanceId'
  | 'ImageId'
  | 'InstanceType'
  | 'LaunchTime'
  | 'MetadataOptions'
  | 'Placement'
  | 'PrivateIpAddress'
  | 'State'
  | 'SubnetId'
  | 'VpcId'
> & {
  ReservationId: string
  OwnerId: string
  /** Base64, as it was given. */
  UserData?: string
  DisableApiTermination: boolean
  DisableApiStop: boolean
  InstanceInitiatedShutdownBehavior: string
  ProfileAssociation?: { AssociationId: string; Timestamp: number }
  /** Epoch seconds: it can be seen for a while yet. */
  TerminatedAt?: number
}
/** AWS's public images are the same for everyone and never stored; see image/catalogue.ts. */
export type ImageDocument = Having<Shape<Image>, 'ImageId' | 'Architecture' | 'Name' | 'OwnerId' | 'RootDeviceType'>
/** The private key is told once and not kept. */
export type KeyPairDocument = Having<Shape<KeyPairInfo>, 'KeyPairId' | 'KeyName' | 'KeyType' | 'PublicKey'>
export type DhcpOptionsDocument = Having<Shape<DhcpOptions>, 'DhcpOptionsId' | 'DhcpConfigurations'>
export type AddressDocument = Having<Shape<Address>, 'AllocationId' | 'PublicIp'>

/** Store kinds that the network model is made of, by the list that they fill. */
const lists = {
  Vpcs: 'ec2/vpc',
  Subnets: 'ec2/subnet',
  RouteTables: 'ec2/route-table',
  NetworkAcls: 'ec2/network-acl',
  SecurityGroups: 'ec2/security-group',
  NetworkInterfaces: 'ec2/network-interface',
  InternetGateways: 'ec2/internet-gateway',
  NatGateways: 'ec2/nat-gateway',
  VpcEndpoints: 'ec2/vpc-endpoint',
  DhcpOptions: 'ec2/dhcp-options',
  Addresses: 'ec2/address',
} as const

/** The describe-* documents of one account and Region: the network model's input. */
export function networkDocuments(store: Store, account: string, region: string): NetworkDocuments {
  const prefix = `${account}/${region}/`
  const read = <K extends keyof typeof lists>(name: K): NetworkDocuments[K] =>
    store.list(lists[name], { prefix }).map((row) => row.value) as unknown as NetworkDocuments[K]
  return {
    ...noDocuments,
    Vpcs: read('Vpcs'),
    Subnets: read('Subnets'),
    RouteTables: read('RouteTables'),
    NetworkAcls: read('NetworkAcls'),
    SecurityGroups: read('SecurityGroups'),
    NetworkInterfaces: read('NetworkInterfaces'),
    InternetGateways: read('InternetGateways'),
    NatGateways: read('NatGateways'),
    VpcEndpoints: read('VpcEndpoints'),
    ManagedPrefixLists: awsPrefixLists(region),
    DhcpOptions: read('DhcpOptions'),
    Addresses: read('Addresses'),
  }
}

/** Moves with every write to a document that the network model reads; equal numbers mean an unchanged network. */
export function ec2Epoch(store: Store): number {
  let sum = 0
  for (const kind of Object.values(lists)) sum += store.epoch(kind)
  return sum
}
