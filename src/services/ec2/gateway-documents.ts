import type {
  CustomerGateway,
  EgressOnlyInternetGateway,
  ManagedPrefixList,
  PrefixListEntry,
  SecurityGroupVpcAssociation,
  TransitGateway,
  TransitGatewayAttachment,
  TransitGatewayRoute,
  TransitGatewayRouteTable,
  TransitGatewayRouteTableAssociation,
  TransitGatewayRouteTablePropagation,
  TransitGatewayVpcAttachment,
  VpcPeeringConnection,
  VpnConnection,
  VpnGateway,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../wire/shape.ts'
import type { Having } from './documents.ts'

/** Each side keeps its own copy: the tags differ, everything else is written to both; see vpc-peering/peering.ts. */
export type VpcPeeringConnectionDocument = Having<
  Shape<VpcPeeringConnection>,
  'VpcPeeringConnectionId' | 'AccepterVpcInfo' | 'RequesterVpcInfo' | 'Status'
> & {
  /** Epoch seconds at which it came to its end, and the account that ended it. */
  EndTime?: number
  EndedBy?: string
}

export type EgressOnlyInternetGatewayDocument = Having<
  Shape<EgressOnlyInternetGateway>,
  'EgressOnlyInternetGatewayId' | 'Attachments'
>

/** A list of one's own with its entries as they are; older versions lie under `ec2/prefix-list-version`. */
export type PrefixListDocument = Having<
  Shape<ManagedPrefixList>,
  'PrefixListId' | 'PrefixListName' | 'AddressFamily' | 'MaxEntries' | 'Version'
> & {
  Entries: PrefixEntry[]
  /** The blocks of the entries: what the network model reads. */
  Cidrs: string[]
}
export type PrefixEntry = Having<Shape<PrefixListEntry>, 'Cidr'>
export interface PrefixListVersionDocument {
  /** `pl-….3` */
  VersionId: string
  Entries: PrefixEntry[]
}

export type TransitGatewayDocument = Having<Shape<TransitGateway>, 'TransitGatewayId' | 'OwnerId' | 'Options'>

/** A VPC's or a VPN connection's; only the former has subnets and options. */
export type TransitGatewayAttachmentDocument = Having<
  Shape<TransitGatewayAttachment>,
  'TransitGatewayAttachmentId' | 'TransitGatewayId' | 'ResourceType' | 'ResourceId' | 'State'
> &
  Pick<Shape<TransitGatewayVpcAttachment>, 'SubnetIds' | 'Options'> & {
    /** Its interfaces, one in each subnet. */
    NetworkInterfaceIds?: string[]
  }

/** Propagated routes are rendered from the propagations with every change; see transit-gateway/propagate.ts. */
export type TransitGatewayRouteTableDocument = Having<
  Shape<TransitGatewayRouteTable>,
  'TransitGatewayRouteTableId' | 'TransitGatewayId'
> & {
  Routes: Shape<TransitGatewayRoute>[]
  Associations: Shape<TransitGatewayRouteTableAssociation>[]
  Propagations: Shape<TransitGatewayRouteTablePropagation>[]
}

export type CustomerGatewayDocument = Having<Shape<CustomerGateway>, 'CustomerGatewayId'>
export type VpnGatewayDocument = Having<Shape<VpnGateway>, 'VpnGatewayId' | 'VpcAttachments'>
export type VpnConnectionDocument = Having<
  Shape<VpnConnection>,
  'VpnConnectionId' | 'CustomerGatewayId' | 'Options' | 'Routes' | 'VgwTelemetry'
> & {
  /** When it was deleted, epoch seconds: it stays visible for a while. */
  DeleteTime?: number
}

/** A group worn in another VPC than its own. */
export type SecurityGroupVpcDocument = Having<Shape<SecurityGroupVpcAssociation>, 'GroupId' | 'VpcId'> & {
  /** `sg-…/vpc-…` */
  AssociationKey: string
}
