/**
 * The network model: what `aws ec2 describe-*` prints goes in, and it tells where a connection would end up, by which
 * way, what stands in it, and what would open it. Pure: no I/O, no clock, no randomness.
 *
 * ```ts
 * const network = buildNetwork(documents, 'us-east-1')
 * network.connect({ kind: 'subnet', subnetId, securityGroupIds }, 'api.sagemaker.us-east-1.amazonaws.com', 443).verdict
 * ```
 *
 * Gaps: Gateway Load Balancers, Direct Connect's own gateways (what feeds a virtual private gateway is `vgw-…`), transit gateways' own peerings, local and carrier gateways are not
 * built: a path that needs one is refused and says so. Hosted zones, VPC Block Public Access, ingress route tables of
 * gateways and connection limits are not modelled.
 */
import type { InternetView, Network, NetworkDocuments } from './types.ts'
import { investigate } from './connect.ts'
import { findFixes } from './fixes.ts'
import { buildModel, modelOf } from './model.ts'

export type * from './types.ts'
export { applyCall } from './apply.ts'
export { aclRules, reachableFrom, servedAddresses } from './reach.ts'
export type { AclRule, Opening, ServedAddress } from './reach.ts'
export { availabilityZones, awsPrefixLists, dnsSuffix, publicAddressOf, serviceCatalogue } from './services.ts'
export type { EndpointService } from './services.ts'

/** An account without any network. */
export const noDocuments: NetworkDocuments = {
  Vpcs: [],
  Subnets: [],
  RouteTables: [],
  NetworkAcls: [],
  SecurityGroups: [],
  NetworkInterfaces: [],
  InternetGateways: [],
  NatGateways: [],
  VpcEndpoints: [],
  ManagedPrefixLists: [],
  DhcpOptions: [],
  Addresses: [],
  VpcPeeringConnections: [],
  EgressOnlyInternetGateways: [],
  TransitGateways: [],
  TransitGatewayAttachments: [],
  TransitGatewayVpcAttachments: [],
  TransitGatewayRouteTables: [],
  VpnGateways: [],
  VpnConnections: [],
  CustomerGateways: [],
}

/** Builds the model of one account and Region. Missing documents are missing components: nothing passes what is unknown. */
export function buildNetwork(given: Partial<NetworkDocuments>, region: string, internet?: InternetView): Network {
  const documents: NetworkDocuments = { ...noDocuments, ...given }
  const model = internet ? buildModel(documents, region, internet) : modelOf({ documents, region })
  return {
    connect: (origin, host, port, protocol) => investigate(model, origin, host, port, protocol).connection,
    fixes: (origin, host, port, protocol) => findFixes(model, origin, host, port, protocol),
    with: (change) => buildNetwork(change(documents), region, internet),
    documents,
    region,
  }
}
