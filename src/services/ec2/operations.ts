import type { Operation } from '../operation.ts'
import {
  allocateAddress,
  describeAddresses,
  describeAddressesAttribute,
  associateAddress,
  disassociateAddress,
  releaseAddress,
} from './address/address.ts'
import { associateDhcpOptions, deleteDhcpOptions } from './dhcp-options/change-dhcp-options.ts'
import { createDhcpOptions } from './dhcp-options/create-dhcp-options.ts'
import { describeDhcpOptions } from './dhcp-options/describe-dhcp-options.ts'
import { describeImages } from './image/describe-images.ts'
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './instance/change-state.ts'
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance/describe-instance-types.ts'
import { describeInstances, describeInstanceStatus } from './instance/describe-instances.ts'
import { describeInstanceAttribute, modifyInstanceAttribute } from './instance/instance-attribute.ts'
import { modifyInstanceMetadataOptions } from './instance/metadata-options.ts'
import {
  associateIamInstanceProfile,
  describeIamInstanceProfileAssociations,
  disassociateIamInstanceProfile,
  replaceIamInstanceProfileAssociation,
} from './instance/profile-association.ts'
import { runInstances } from './instance/run-instances.ts'
import {
  createInternetGateway,
  describeInternetGateways,
  attachInternetGateway,
  detachInternetGateway,
  deleteInternetGateway,
} from './internet-gateway/internet-gateway.ts'
import { createKeyPair, deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pair/key-pair.ts'
import { createNatGateway, describeNatGateways, deleteNatGateway } from './nat-gateway/nat-gateway.ts'
import {
  createNetworkAclEntry,
  replaceNetworkAclEntry,
  deleteNetworkAclEntry,
} from './network-acl/network-acl-entry.ts'
import {
  createNetworkAcl,
  describeNetworkAcls,
  deleteNetworkAcl,
  replaceNetworkAclAssociation,
} from './network-acl/network-acl.ts'
import { attachNetworkInterface, detachNetworkInterface } from './network-interface/attachment.ts'
import { createNetworkInterface } from './network-interface/create-network-interface.ts'
import { deleteNetworkInterface } from './network-interface/delete-network-interface.ts'
import { describeNetworkInterfaces } from './network-interface/describe-network-interfaces.ts'
import { assignIpv6Addresses, unassignIpv6Addresses } from './network-interface/ipv6-addresses.ts'
import {
  describeNetworkInterfaceAttribute,
  modifyNetworkInterfaceAttribute,
  resetNetworkInterfaceAttribute,
} from './network-interface/network-interface-attribute.ts'
import {
  createNetworkInterfacePermission,
  describeNetworkInterfacePermissions,
  deleteNetworkInterfacePermission,
} from './network-interface/network-interface-permission.ts'
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from './network-interface/private-addresses.ts'
import {
  describePrefixLists,
  describeManagedPrefixLists,
  getManagedPrefixListAssociations,
  getManagedPrefixListEntries,
} from './prefix-list/prefix-list.ts'
import { describeRegions, describeAvailabilityZones, describeAccountAttributes } from './region/region.ts'
import { createRouteTable } from './route-table/create-route-table.ts'
import { deleteRouteTable } from './route-table/delete-route-table.ts'
import { describeRouteTables } from './route-table/describe-route-tables.ts'
import {
  associateRouteTable,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from './route-table/route-table-association.ts'
import { createRoute, replaceRoute, deleteRoute } from './route-table/route.ts'
import {
  authorizeSecurityGroupIngress,
  authorizeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  revokeSecurityGroupEgress,
} from './security-group/authorize-revoke.ts'
import {
  describeSecurityGroupRules,
  modifySecurityGroupRules,
  updateSecurityGroupRuleDescriptionsIngress,
  updateSecurityGroupRuleDescriptionsEgress,
} from './security-group/security-group-rule.ts'
import { createSecurityGroup, describeSecurityGroups, deleteSecurityGroup } from './security-group/security-group.ts'
import { modifySubnetAttribute, deleteSubnet } from './subnet/change-subnet.ts'
import { createSubnet } from './subnet/create-subnet.ts'
import { describeSubnets } from './subnet/describe-subnets.ts'
import { createTags, deleteTags, describeTags } from './tag/tag.ts'
import { createVpcEndpoint } from './vpc-endpoint/create-vpc-endpoint.ts'
import { deleteVpcEndpoints } from './vpc-endpoint/delete-vpc-endpoints.ts'
import { describeVpcEndpointServices } from './vpc-endpoint/describe-vpc-endpoint-services.ts'
import { describeVpcEndpoints } from './vpc-endpoint/describe-vpc-endpoints.ts'
import { modifyVpcEndpoint } from './vpc-endpoint/modify-vpc-endpoint.ts'
import { createVpc } from './vpc/create-vpc.ts'
import { deleteVpc } from './vpc/delete-vpc.ts'
import { describeVpcs } from './vpc/describe-vpcs.ts'
import { describeVpcAttribute, modifyVpcAttribute } from './vpc/vpc-attribute.ts'
import { associateVpcCidrBlock, disassociateVpcCidrBlock } from './vpc/vpc-cidr-block.ts'
import {
  createEgressOnlyInternetGateway,
  describeEgressOnlyInternetGateways,
  deleteEgressOnlyInternetGateway,
} from './egress-only-internet-gateway/egress-only-internet-gateway.ts'
import {
  associateNatGatewayAddress,
  disassociateNatGatewayAddress,
  assignPrivateNatGatewayAddress,
  unassignPrivateNatGatewayAddress,
} from './nat-gateway/nat-gateway-address.ts'
import {
  createManagedPrefixList,
  modifyManagedPrefixList,
  restoreManagedPrefixListVersion,
  deleteManagedPrefixList,
} from './prefix-list/change-prefix-list.ts'
import { enableVgwRoutePropagation, disableVgwRoutePropagation } from './route-table/vgw-route-propagation.ts'
import {
  describeSecurityGroupReferences,
  describeStaleSecurityGroups,
} from './security-group/security-group-reference.ts'
import {
  associateSecurityGroupVpc,
  disassociateSecurityGroupVpc,
  describeSecurityGroupVpcAssociations,
  getSecurityGroupsForVpc,
} from './security-group/security-group-vpc.ts'
import { associateSubnetCidrBlock, disassociateSubnetCidrBlock } from './subnet/subnet-ipv6.ts'
import { searchTransitGatewayRoutes } from './transit-gateway/search-transit-gateway-routes.ts'
import {
  associateTransitGatewayRouteTable,
  disassociateTransitGatewayRouteTable,
  enableTransitGatewayRouteTablePropagation,
  disableTransitGatewayRouteTablePropagation,
} from './transit-gateway/transit-gateway-association.ts'
import {
  describeTransitGatewayAttachments,
  getTransitGatewayRouteTableAssociations,
  getTransitGatewayRouteTablePropagations,
  getTransitGatewayAttachmentPropagations,
} from './transit-gateway/transit-gateway-attachment.ts'
import {
  createTransitGatewayRouteTable,
  describeTransitGatewayRouteTables,
  deleteTransitGatewayRouteTable,
} from './transit-gateway/transit-gateway-route-table.ts'
import {
  createTransitGatewayRoute,
  replaceTransitGatewayRoute,
  deleteTransitGatewayRoute,
} from './transit-gateway/transit-gateway-route.ts'
import {
  createTransitGatewayVpcAttachment,
  describeTransitGatewayVpcAttachments,
  modifyTransitGatewayVpcAttachment,
  deleteTransitGatewayVpcAttachment,
} from './transit-gateway/transit-gateway-vpc-attachment.ts'
import {
  createTransitGateway,
  describeTransitGateways,
  modifyTransitGateway,
  deleteTransitGateway,
} from './transit-gateway/transit-gateway.ts'
import {
  acceptVpcPeeringConnection,
  rejectVpcPeeringConnection,
  deleteVpcPeeringConnection,
} from './vpc-peering/answer-vpc-peering-connection.ts'
import { createVpcPeeringConnection } from './vpc-peering/create-vpc-peering-connection.ts'
import { describeVpcPeeringConnections } from './vpc-peering/describe-vpc-peering-connections.ts'
import { modifyVpcPeeringConnectionOptions } from './vpc-peering/modify-vpc-peering-connection-options.ts'
import { createDefaultVpc, createDefaultSubnet } from './vpc/create-default-vpc.ts'
import { modifyVpcTenancy } from './vpc/modify-vpc-tenancy.ts'
import {
  createVpnConnectionRoute,
  deleteVpnConnectionRoute,
  modifyVpnConnection,
  modifyVpnConnectionOptions,
} from './vpn/change-vpn-connection.ts'
import { createCustomerGateway, describeCustomerGateways, deleteCustomerGateway } from './vpn/customer-gateway.ts'
import { createVpnConnection, describeVpnConnections, deleteVpnConnection } from './vpn/vpn-connection.ts'
import {
  createVpnGateway,
  describeVpnGateways,
  attachVpnGateway,
  detachVpnGateway,
  deleteVpnGateway,
} from './vpn/vpn-gateway.ts'

/** Every operation of EC2 that is built. */
export const operations = {
  AcceptVpcPeeringConnection: acceptVpcPeeringConnection,
  AllocateAddress: allocateAddress,
  AssignIpv6Addresses: assignIpv6Addresses,
  AssignPrivateIpAddresses: assignPrivateIpAddresses,
  AssignPrivateNatGatewayAddress: assignPrivateNatGatewayAddress,
  AssociateAddress: associateAddress,
  AssociateDhcpOptions: associateDhcpOptions,
  AssociateIamInstanceProfile: associateIamInstanceProfile,
  AssociateNatGatewayAddress: associateNatGatewayAddress,
  AssociateRouteTable: associateRouteTable,
  AssociateSecurityGroupVpc: associateSecurityGroupVpc,
  AssociateSubnetCidrBlock: associateSubnetCidrBlock,
  AssociateTransitGatewayRouteTable: associateTransitGatewayRouteTable,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  AttachInternetGateway: attachInternetGateway,
  AttachNetworkInterface: attachNetworkInterface,
  AttachVpnGateway: attachVpnGateway,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateCustomerGateway: createCustomerGateway,
  CreateDefaultSubnet: createDefaultSubnet,
  CreateDefaultVpc: createDefaultVpc,
  CreateDhcpOptions: createDhcpOptions,
  CreateEgressOnlyInternetGateway: createEgressOnlyInternetGateway,
  CreateInternetGateway: createInternetGateway,
  CreateKeyPair: createKeyPair,
  CreateManagedPrefixList: createManagedPrefixList,
  CreateNatGateway: createNatGateway,
  CreateNetworkAcl: createNetworkAcl,
  CreateNetworkAclEntry: createNetworkAclEntry,
  CreateNetworkInterface: createNetworkInterface,
  CreateNetworkInterfacePermission: createNetworkInterfacePermission,
  CreateRoute: createRoute,
  CreateRouteTable: createRouteTable,
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateTransitGateway: createTransitGateway,
  CreateTransitGatewayRoute: createTransitGatewayRoute,
  CreateTransitGatewayRouteTable: createTransitGatewayRouteTable,
  CreateTransitGatewayVpcAttachment: createTransitGatewayVpcAttachment,
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  CreateVpcPeeringConnection: createVpcPeeringConnection,
  CreateVpnConnection: createVpnConnection,
  CreateVpnConnectionRoute: createVpnConnectionRoute,
  CreateVpnGateway: createVpnGateway,
  DeleteCustomerGateway: deleteCustomerGateway,
  DeleteDhcpOptions: deleteDhcpOptions,
  DeleteEgressOnlyInternetGateway: deleteEgressOnlyInternetGateway,
  DeleteInternetGateway: deleteInternetGateway,
  DeleteKeyPair: deleteKeyPair,
  DeleteManagedPrefixList: deleteManagedPrefixList,
  DeleteNatGateway: deleteNatGateway,
  DeleteNetworkAcl: deleteNetworkAcl,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
  DeleteNetworkInterface: deleteNetworkInterface,
  DeleteNetworkInterfacePermission: deleteNetworkInterfacePermission,
  DeleteRoute: deleteRoute,
  DeleteRouteTable: deleteRouteTable,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteTransitGateway: deleteTransitGateway,
  DeleteTransitGatewayRoute: deleteTransitGatewayRoute,
  DeleteTransitGatewayRouteTable: deleteTransitGatewayRouteTable,
  DeleteTransitGatewayVpcAttachment: deleteTransitGatewayVpcAttachment,
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  DeleteVpcPeeringConnection: deleteVpcPeeringConnection,
  DeleteVpnConnection: deleteVpnConnection,
  DeleteVpnConnectionRoute: deleteVpnConnectionRoute,
  DeleteVpnGateway: deleteVpnGateway,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAddresses: describeAddresses,
  DescribeAddressesAttribute: describeAddressesAttribute,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeCustomerGateways: describeCustomerGateways,
  DescribeDhcpOptions: describeDhcpOptions,
  DescribeEgressOnlyInternetGateways: describeEgressOnlyInternetGateways,
  DescribeIamInstanceProfileAssociations: describeIamInstanceProfileAssociations,
  DescribeImages: describeImages,
  DescribeInstanceAttribute: describeInstanceAttribute,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstances: describeInstances,
  DescribeInternetGateways: describeInternetGateways,
  DescribeKeyPairs: describeKeyPairs,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  DescribeNatGateways: describeNatGateways,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaceAttribute: describeNetworkInterfaceAttribute,
  DescribeNetworkInterfacePermissions: describeNetworkInterfacePermissions,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribePrefixLists: describePrefixLists,
  DescribeRegions: describeRegions,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupReferences: describeSecurityGroupReferences,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroupVpcAssociations: describeSecurityGroupVpcAssociations,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeStaleSecurityGroups: describeStaleSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeTransitGatewayAttachments: describeTransitGatewayAttachments,
  DescribeTransitGatewayRouteTables: describeTransitGatewayRouteTables,
  DescribeTransitGatewayVpcAttachments: describeTransitGatewayVpcAttachments,
  DescribeTransitGateways: describeTransitGateways,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcPeeringConnections: describeVpcPeeringConnections,
  DescribeVpcs: describeVpcs,
  DescribeVpnConnections: describeVpnConnections,
  DescribeVpnGateways: describeVpnGateways,
  DetachInternetGateway: detachInternetGateway,
  DetachNetworkInterface: detachNetworkInterface,
  DetachVpnGateway: detachVpnGateway,
  DisableTransitGatewayRouteTablePropagation: disableTransitGatewayRouteTablePropagation,
  DisableVgwRoutePropagation: disableVgwRoutePropagation,
  DisassociateAddress: disassociateAddress,
  DisassociateIamInstanceProfile: disassociateIamInstanceProfile,
  DisassociateNatGatewayAddress: disassociateNatGatewayAddress,
  DisassociateRouteTable: disassociateRouteTable,
  DisassociateSecurityGroupVpc: disassociateSecurityGroupVpc,
  DisassociateSubnetCidrBlock: disassociateSubnetCidrBlock,
  DisassociateTransitGatewayRouteTable: disassociateTransitGatewayRouteTable,
  DisassociateVpcCidrBlock: disassociateVpcCidrBlock,
  EnableTransitGatewayRouteTablePropagation: enableTransitGatewayRouteTablePropagation,
  EnableVgwRoutePropagation: enableVgwRoutePropagation,
  GetManagedPrefixListAssociations: getManagedPrefixListAssociations,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  GetSecurityGroupsForVpc: getSecurityGroupsForVpc,
  GetTransitGatewayAttachmentPropagations: getTransitGatewayAttachmentPropagations,
  GetTransitGatewayRouteTableAssociations: getTransitGatewayRouteTableAssociations,
  GetTransitGatewayRouteTablePropagations: getTransitGatewayRouteTablePropagations,
  ImportKeyPair: importKeyPair,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  ModifyInstanceMetadataOptions: modifyInstanceMetadataOptions,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyTransitGateway: modifyTransitGateway,
  ModifyTransitGatewayVpcAttachment: modifyTransitGatewayVpcAttachment,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  ModifyVpcPeeringConnectionOptions: modifyVpcPeeringConnectionOptions,
  ModifyVpcTenancy: modifyVpcTenancy,
  ModifyVpnConnection: modifyVpnConnection,
  ModifyVpnConnectionOptions: modifyVpnConnectionOptions,
  RebootInstances: rebootInstances,
  RejectVpcPeeringConnection: rejectVpcPeeringConnection,
  ReleaseAddress: releaseAddress,
  ReplaceIamInstanceProfileAssociation: replaceIamInstanceProfileAssociation,
  ReplaceNetworkAclAssociation: replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: replaceNetworkAclEntry,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  ReplaceTransitGatewayRoute: replaceTransitGatewayRoute,
  ResetNetworkInterfaceAttribute: resetNetworkInterfaceAttribute,
  RestoreManagedPrefixListVersion: restoreManagedPrefixListVersion,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RunInstances: runInstances,
  SearchTransitGatewayRoutes: searchTransitGatewayRoutes,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
  UnassignIpv6Addresses: unassignIpv6Addresses,
  UnassignPrivateIpAddresses: unassignPrivateIpAddresses,
  UnassignPrivateNatGatewayAddress: unassignPrivateNatGatewayAddress,
  UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
} satisfies Record<string, Operation>
