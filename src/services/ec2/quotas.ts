import { AwsError } from '../../wire/aws-error.ts'

/**
 * Default quotas of a VPC (Amazon VPC User Guide, "Amazon VPC quotas"); there is no Service Quotas here to raise them.
 * VPCs per Region stand at what AWS grants on request: its default of 5 is not a property of any design that is tested here.
 */
export const quotas = {
  vpcs: { most: 100, code: 'VpcLimitExceeded', message: 'The maximum number of VPCs has been reached.' },
  cidrBlocks: {
    most: 5,
    code: 'CidrLimitExceeded',
    message: 'This network has met its maximum number of allowed CIDRs: 5',
  },
  ipv6CidrBlocks: {
    most: 5,
    code: 'CidrLimitExceeded',
    message: 'This network has met its maximum number of allowed IPv6 CIDRs: 5',
  },
  activePeeringsPerVpc: {
    most: 50,
    code: 'ActiveVpcPeeringConnectionPerVpcLimitExceeded',
    message: 'The maximum number of active VPC peering connections for the VPC has been reached.',
  },
  outstandingPeerings: {
    most: 25,
    code: 'OutstandingVpcPeeringConnectionLimitExceeded',
    message: 'The maximum number of outstanding VPC peering connection requests has been reached.',
  },
  egressOnlyGateways: {
    most: 5,
    code: 'InternetGatewayLimitExceeded',
    message: 'The maximum number of egress-only internet gateways has been reached.',
  },
  natGatewaysPerZone: {
    most: 5,
    code: 'NatGatewayLimitExceeded',
    message: 'Performing this operation would exceed the limit of 5 NAT gateways',
  },
  addressesPerNatGateway: {
    most: 8,
    code: 'PrivateIpAddressLimitExceeded',
    message: 'The maximum number of IP addresses of the NAT gateway has been reached.',
  },
  prefixLists: {
    most: 100,
    code: 'PrefixListLimitExceeded',
    message: 'The maximum number of prefix lists has been reached.',
  },
  transitGateways: {
    most: 5,
    code: 'TransitGatewayLimitExceeded',
    message: 'The maximum number of transit gateways has been reached.',
  },
  transitGatewayRouteTables: {
    most: 20,
    code: 'TransitGatewayRouteTableLimitExceeded',
    message: 'The maximum number of transit gateway route tables has been reached.',
  },
  transitGatewaysPerVpc: {
    most: 5,
    code: 'TransitGatewayAttachmentLimitExceeded',
    message: 'The maximum number of transit gateway attachments for the VPC has been reached.',
  },
  transitGatewayRoutes: {
    most: 10_000,
    code: 'RouteLimitExceeded',
    message: 'The maximum number of static routes of the transit gateway has been reached.',
  },
  customerGateways: {
    most: 50,
    code: 'CustomerGatewayLimitExceeded',
    message: 'The maximum number of customer gateways has been reached.',
  },
  vpnGateways: {
    most: 5,
    code: 'VpnGatewayLimitExceeded',
    message: 'The maximum number of virtual private gateways has been reached.',
  },
  vpnConnections: {
    most: 50,
    code: 'VpnConnectionLimitExceeded',
    message: 'The maximum number of VPN connections has been reached.',
  },
  propagatedRoutesPerTable: {
    most: 100,
    code: 'RouteLimitExceeded',
    message: 'The maximum number of propagated routes has been reached.',
  },
  subnetsPerVpc: { most: 200, code: 'SubnetLimitExceeded', message: 'The maximum number of subnets has been reached.' },
  routeTablesPerVpc: {
    most: 200,
    code: 'RouteTableLimitExceeded',
    message: 'The maximum number of route tables has been reached.',
  },
  routesPerTable: { most: 50, code: 'RouteLimitExceeded', message: 'The maximum number of routes has been reached.' },
  networkAclsPerVpc: {
    most: 200,
    code: 'NetworkAclLimitExceeded',
    message: 'The maximum number of network ACLs has been reached.',
  },
  /** Per direction, the default deny included. */
  entriesPerNetworkAcl: {
    most: 20,
    code: 'NetworkAclEntryLimitExceeded',
    message: 'The maximum number of network ACL entries has been reached.',
  },
  securityGroups: {
    most: 2500,
    code: 'SecurityGroupLimitExceeded',
    message: 'The maximum number of security groups for this region has been reached.',
  },
  /** Per direction, IPv4 and IPv6 counted apart; peers that are neither count for both. */
  rulesPerSecurityGroup: {
    most: 60,
    code: 'RulesPerSecurityGroupLimitExceeded',
    message: 'The maximum number of rules per security group has been reached.',
  },
  groupsPerInterface: {
    most: 5,
    code: 'SecurityGroupsPerInterfaceLimitExceeded',
    message: 'You have exceeded the maximum number of security groups allowed per network interface.',
  },
  interfaces: {
    most: 5000,
    code: 'NetworkInterfaceLimitExceeded',
    message: 'The maximum number of network interfaces has been reached.',
  },
  keyPairs: {
    most: 5000,
    code: 'KeyPairLimitExceeded',
    message: 'The maximum number of key pairs has been reached.',
  },
  interfaceEndpointsPerVpc: {
    most: 50,
    code: 'VpcEndpointLimitExceeded',
    message: 'The maximum number of VPC endpoints has been reached.',
  },
  gatewayEndpoints: {
    most: 20,
    code: 'VpcEndpointLimitExceeded',
    message: 'The maximum number of VPC endpoints has been reached.',
  },
} as const

/** Throws the quota's error when `count` things would be more than it grants. */
export function within(quota: keyof typeof quotas, count: number): void {
  const { most, code, message } = quotas[quota]
  if (count > most) throw new AwsError(code, message)
}
