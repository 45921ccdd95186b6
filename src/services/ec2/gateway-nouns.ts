import { AwsError } from '../../wire/aws-error.ts'
import type {
  CustomerGatewayDocument,
  EgressOnlyInternetGatewayDocument,
  PrefixListDocument,
  PrefixListVersionDocument,
  SecurityGroupVpcDocument,
  TransitGatewayAttachmentDocument,
  TransitGatewayDocument,
  TransitGatewayRouteTableDocument,
  VpcPeeringConnectionDocument,
  VpnConnectionDocument,
  VpnGatewayDocument,
} from './gateway-documents.ts'
import { noun, notFound, type Noun } from './nouns.ts'

/** What joins VPCs with one another and with the world outside; see nouns.ts. */

export const vpcPeeringConnections = noun<VpcPeeringConnectionDocument>({
  kind: 'ec2/vpc-peering-connection',
  type: 'vpc-peering-connection',
  prefix: 'pcx-',
  idMember: 'VpcPeeringConnectionId',
  tagMember: 'Tags',
  notFound: notFound('InvalidVpcPeeringConnectionID.NotFound', 'vpcPeeringConnection ID'),
  keys: (peering, arn) => ({
    'ec2:VpcPeeringConnectionID': peering.VpcPeeringConnectionId,
    'ec2:RequesterVpc': vpcArn(arn('vpc', ''), peering.RequesterVpcInfo),
    'ec2:AccepterVpc': vpcArn(arn('vpc', ''), peering.AccepterVpcInfo),
  }),
})

/** ARN of a peering's VPC, in whichever account and Region it is. `own`: any ARN of the same partition. */
export function vpcArn(own: string, vpc: { OwnerId?: string; Region?: string; VpcId?: string }): string {
  return `arn:${own.split(':')[1]}:ec2:${vpc.Region}:${vpc.OwnerId}:vpc/${vpc.VpcId}`
}

export const egressOnlyInternetGateways = noun<EgressOnlyInternetGatewayDocument>({
  kind: 'ec2/egress-only-internet-gateway',
  type: 'egress-only-internet-gateway',
  prefix: 'eigw-',
  idMember: 'EgressOnlyInternetGatewayId',
  tagMember: 'Tags',
  notFound: notFound('InvalidEgressOnlyInternetGatewayId.NotFound', 'egressOnlyInternetGateway ID'),
  keys: () => ({}),
})

export const prefixLists = noun<PrefixListDocument>({
  kind: 'ec2/prefix-list',
  type: 'prefix-list',
  prefix: 'pl-',
  idMember: 'PrefixListId',
  tagMember: 'Tags',
  notFound: notFound('InvalidPrefixListID.NotFound', 'prefixList ID'),
  keys: () => ({}),
})

/** Not a resource of its own: what RestoreManagedPrefixListVersion goes back to. */
export const prefixListVersions = noun<PrefixListVersionDocument>({
  kind: 'ec2/prefix-list-version',
  type: 'prefix-list',
  prefix: 'pl-',
  idMember: 'VersionId',
  notFound: (id) =>
    // inferred: code and sentence.
    new AwsError('InvalidParameterValue', `The prefix list version ${id.split('.').pop()} does not exist`),
  keys: () => ({}),
})

export const transitGateways = noun<TransitGatewayDocument>({
  kind: 'ec2/transit-gateway',
  type: 'transit-gateway',
  prefix: 'tgw-',
  idMember: 'TransitGatewayId',
  tagMember: 'Tags',
  notFound: (id) =>
    new AwsError('InvalidTransitGatewayID.NotFound', `Transit Gateway ${id} was deleted or does not exist.`),
  keys: (gateway) => ({ 'ec2:transitGatewayId': gateway.TransitGatewayId }),
})

export const transitGatewayAttachments = noun<TransitGatewayAttachmentDocument>({
  kind: 'ec2/transit-gateway-attachment',
  type: 'transit-gateway-attachment',
  prefix: 'tgw-attach-',
  idMember: 'TransitGatewayAttachmentId',
  tagMember: 'Tags',
  notFound: (id) =>
    new AwsError(
      'InvalidTransitGatewayAttachmentID.NotFound',
      `Transit Gateway Attachment ${id} was deleted or does not exist.`,
    ),
  keys: (attachment) => ({ 'ec2:transitGatewayAttachmentId': attachment.TransitGatewayAttachmentId }),
})

export const transitGatewayRouteTables = noun<TransitGatewayRouteTableDocument>({
  kind: 'ec2/transit-gateway-route-table',
  type: 'transit-gateway-route-table',
  prefix: 'tgw-rtb-',
  idMember: 'TransitGatewayRouteTableId',
  tagMember: 'Tags',
  notFound: (id) =>
    new AwsError('InvalidRouteTableID.NotFound', `Transit Gateway Route Table ${id} was deleted or does not exist.`),
  keys: (table) => ({ 'ec2:transitGatewayRouteTableId': table.TransitGatewayRouteTableId }),
})

export const customerGateways = noun<CustomerGatewayDocument>({
  kind: 'ec2/customer-gateway',
  type: 'customer-gateway',
  prefix: 'cgw-',
  idMember: 'CustomerGatewayId',
  tagMember: 'Tags',
  notFound: notFound('InvalidCustomerGatewayID.NotFound', 'customerGateway ID'),
  keys: () => ({}),
})

export const vpnGateways = noun<VpnGatewayDocument>({
  kind: 'ec2/vpn-gateway',
  type: 'vpn-gateway',
  prefix: 'vgw-',
  idMember: 'VpnGatewayId',
  tagMember: 'Tags',
  notFound: notFound('InvalidVpnGatewayID.NotFound', 'vpnGateway ID'),
  keys: () => ({}),
})

export const vpnConnections = noun<VpnConnectionDocument>({
  kind: 'ec2/vpn-connection',
  type: 'vpn-connection',
  prefix: 'vpn-',
  idMember: 'VpnConnectionId',
  tagMember: 'Tags',
  notFound: notFound('InvalidVpnConnectionID.NotFound', 'vpnConnection ID'),
  keys: () => ({}),
})

export const securityGroupVpcs = noun<SecurityGroupVpcDocument>({
  kind: 'ec2/security-group-vpc',
  type: 'security-group',
  prefix: 'sg-',
  idMember: 'AssociationKey',
  notFound: (key) =>
    // inferred: code and sentence.
    new AwsError('InvalidAssociation.NotFound', `There is no association of ${key.replace('/', ' with ')}`),
  keys: () => ({}),
})

/** Those of them that carry tags. The longer prefix first: ids are matched by it. */
export const taggableGateways: readonly Noun<never>[] = [
  customerGateways,
  egressOnlyInternetGateways,
  prefixLists,
  transitGatewayAttachments,
  transitGatewayRouteTables,
  transitGateways,
  vpcPeeringConnections,
  vpnConnections,
  vpnGateways,
]
