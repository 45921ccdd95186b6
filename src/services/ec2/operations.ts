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

/** Every operation of EC2 that is built. */
export const operations = {
  AllocateAddress: allocateAddress,
  AssignIpv6Addresses: assignIpv6Addresses,
  AssignPrivateIpAddresses: assignPrivateIpAddresses,
  AssociateAddress: associateAddress,
  AssociateDhcpOptions: associateDhcpOptions,
  AssociateIamInstanceProfile: associateIamInstanceProfile,
  AssociateRouteTable: associateRouteTable,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  AttachInternetGateway: attachInternetGateway,
  AttachNetworkInterface: attachNetworkInterface,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateDhcpOptions: createDhcpOptions,
  CreateInternetGateway: createInternetGateway,
  CreateKeyPair: createKeyPair,
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
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteDhcpOptions: deleteDhcpOptions,
  DeleteInternetGateway: deleteInternetGateway,
  DeleteKeyPair: deleteKeyPair,
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
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAddresses: describeAddresses,
  DescribeAddressesAttribute: describeAddressesAttribute,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeDhcpOptions: describeDhcpOptions,
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
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcs: describeVpcs,
  DetachInternetGateway: detachInternetGateway,
  DetachNetworkInterface: detachNetworkInterface,
  DisassociateAddress: disassociateAddress,
  DisassociateIamInstanceProfile: disassociateIamInstanceProfile,
  DisassociateRouteTable: disassociateRouteTable,
  DisassociateVpcCidrBlock: disassociateVpcCidrBlock,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  ImportKeyPair: importKeyPair,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  ModifyInstanceMetadataOptions: modifyInstanceMetadataOptions,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  RebootInstances: rebootInstances,
  ReleaseAddress: releaseAddress,
  ReplaceIamInstanceProfileAssociation: replaceIamInstanceProfileAssociation,
  ReplaceNetworkAclAssociation: replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: replaceNetworkAclEntry,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  ResetNetworkInterfaceAttribute: resetNetworkInterfaceAttribute,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
  UnassignIpv6Addresses: unassignIpv6Addresses,
  UnassignPrivateIpAddresses: unassignPrivateIpAddresses,
  UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
} satisfies Record<string, Operation>
