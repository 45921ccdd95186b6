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
  /** Hash of the request that launched it, to which another with the same client token must be equal. */
  Request: string
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

export { ec2Epoch, networkDocuments } from './network-documents.ts'
