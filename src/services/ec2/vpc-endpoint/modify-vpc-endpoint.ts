import type { ModifyVpcEndpointRequest, ModifyVpcEndpointResult } from '@aws-sdk/client-ec2'
import { serviceByName, type Service } from '../../../network/services.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { VpcEndpointDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { attributes, on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { groupsFor } from '../network-interface/make-interface.ts'
import { networkInterfaces, routeTables, securityGroups, subnets, vpcEndpoints, vpcs } from '../nouns.ts'
import { without } from '../without.ts'
import {
  checkPrivateDns,
  checkSubnetConfigurations,
  dnsEntries,
  labelOf,
  makeEndpointInterfaces,
  subnetsFor,
  wearAddressType,
  wearGroups,
} from './endpoint-interfaces.ts'
import { addEndpointRoutes, removeEndpointRoutes } from './gateway-routes.ts'
import { checkIpAddressType, checkSubnetsFor, dnsOptionsFor } from './ip-address-type.ts'
import { defaultPolicy, givenPolicy, type EndpointType } from './policy.ts'

type Input = Shape<ModifyVpcEndpointRequest>

export const modifyVpcEndpoint = ec2Operation<ModifyVpcEndpointRequest, ModifyVpcEndpointResult>('ModifyVpcEndpoint', {
  needs: (input, estate) => [
    on(
      estate,
      'ModifyVpcEndpoint',
      vpcEndpoints,
      input.VpcEndpointId,
      attributes(without(input, 'VpcEndpointId', 'DryRun')),
      ['ec2:VpceServiceRegion'],
    ),
    ...both(input.AddRouteTableIds, input.RemoveRouteTableIds).map((id) =>
      on(estate, 'ModifyVpcEndpoint', routeTables, id),
    ),
    ...both(input.AddSubnetIds, input.RemoveSubnetIds).map((id) => on(estate, 'ModifyVpcEndpoint', subnets, id)),
    ...both(input.AddSecurityGroupIds, input.RemoveSecurityGroupIds).map((id) =>
      on(estate, 'ModifyVpcEndpoint', securityGroups, id),
    ),
  ],
  perform(input, estate) {
    const endpoint = estate.get(vpcEndpoints, input.VpcEndpointId)
    const service = serviceByName(estate.region, endpoint.ServiceName)
    if (!service)
      throw new Error(`${endpoint.VpcEndpointId} leads to ${endpoint.ServiceName}, which is not in the catalogue`)
    checkIpAddressType(service, endpoint.VpcEndpointType as EndpointType, input.IpAddressType ?? 'ipv4')
    const changed = { ...endpoint, PolicyDocument: policyAfter(input, endpoint, service) }
    estate.save(
      vpcEndpoints,
      endpoint.VpcEndpointType === 'Gateway'
        ? changeGateway(estate, input, changed)
        : changeInterface(estate, input, changed, service),
    )
    return { Return: true }
  },
})

const both = (added: readonly string[] | undefined, removed: readonly string[] | undefined): string[] => [
  ...(added ?? []),
  ...(removed ?? []),
]

function policyAfter(input: Input, endpoint: VpcEndpointDocument, service: Service): string {
  if (input.ResetPolicy && input.PolicyDocument !== undefined) {
    throw invalidCombination('PolicyDocument and ResetPolicy cannot be given together')
  }
  if (input.ResetPolicy) return defaultPolicy(endpoint.VpcEndpointType as EndpointType)
  return input.PolicyDocument === undefined
    ? endpoint.PolicyDocument
    : givenPolicy(input.PolicyDocument, service, endpoint.VpcEndpointType as EndpointType)
}

function changeGateway(estate: Estate, input: Input, endpoint: VpcEndpointDocument): VpcEndpointDocument {
  if (
    both(input.AddSubnetIds, input.RemoveSubnetIds).length > 0 ||
    both(input.AddSecurityGroupIds, input.RemoveSecurityGroupIds).length > 0 ||
    input.PrivateDnsEnabled
  ) {
    throw invalidParameter('Subnets, security groups and private DNS are only supported for Interface VPC endpoints.')
  }
  if (input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint !== undefined) {
    throw invalidParameter(
      'DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.',
    )
  }
  const removed = (input.RemoveRouteTableIds ?? []).map((id) => estate.get(routeTables, id).RouteTableId)
  const kept = endpoint.RouteTableIds.filter((id) => !removed.includes(id))
  const added = [...new Set(input.AddRouteTableIds)].filter((id) => !kept.includes(id))
  removeEndpointRoutes(estate, endpoint.VpcEndpointId, removed)
  addEndpointRoutes(estate, endpoint, added)
  return { ...endpoint, RouteTableIds: [...kept, ...added] }
}

/** Subnets change first, then groups, then names: each follows from the one before. */
function changeInterface(
  estate: Estate,
  input: Input,
  endpoint: VpcEndpointDocument,
  service: Service,
): VpcEndpointDocument {
  if (both(input.AddRouteTableIds, input.RemoveRouteTableIds).length > 0) {
    throw invalidParameter('Route tables are only supported for Gateway VPC endpoints.')
  }
  const vpc = estate.get(vpcs, endpoint.VpcId)
  const privateDns = input.PrivateDnsEnabled ?? endpoint.PrivateDnsEnabled ?? false
  const IpAddressType = input.IpAddressType ?? endpoint.IpAddressType ?? 'ipv4'
  const DnsOptions = dnsOptionsFor(input.DnsOptions, endpoint.DnsOptions, service, IpAddressType)
  if (privateDns && (!endpoint.PrivateDnsEnabled || input.DnsOptions)) {
    checkPrivateDns(estate, vpc, service, DnsOptions, endpoint.VpcEndpointId)
  }
  const Groups = groupsAfter(estate, input, endpoint)
  const left = leaveSubnets(estate, endpoint, input.RemoveSubnetIds ?? [])
  const wanted = [...new Set(input.AddSubnetIds)].filter((id) => !left.SubnetIds.includes(id))
  const places = subnetsFor(estate, vpc.VpcId, service, wanted, left.SubnetIds)
  checkSubnetsFor(IpAddressType, [...left.SubnetIds.map((id) => estate.get(subnets, id)), ...places])
  const configurations = input.SubnetConfigurations ?? []
  checkSubnetConfigurations(configurations, wanted, IpAddressType)
  const NetworkInterfaceIds = [
    ...left.NetworkInterfaceIds,
    ...makeEndpointInterfaces(estate, endpoint.VpcEndpointId, places, Groups, IpAddressType, configurations),
  ]
  const SubnetIds = [...left.SubnetIds, ...places.map((subnet) => subnet.SubnetId)]
  const changed = {
    ...endpoint,
    SubnetIds,
    NetworkInterfaceIds,
    Groups,
    IpAddressType,
    DnsOptions,
    PrivateDnsEnabled: privateDns,
    DnsEntries: dnsEntries(estate, service, labelOf(endpoint), SubnetIds, privateDns),
  }
  wearGroups(estate, changed)
  wearAddressType(estate, changed, IpAddressType)
  return changed
}

function leaveSubnets(estate: Estate, endpoint: VpcEndpointDocument, gone: readonly string[]) {
  for (const id of gone) estate.get(subnets, id)
  const leaving = endpoint.NetworkInterfaceIds.filter((id) => gone.includes(estate.get(networkInterfaces, id).SubnetId))
  for (const id of leaving) removeInterface(estate, id)
  return {
    SubnetIds: endpoint.SubnetIds.filter((id) => !gone.includes(id)),
    NetworkInterfaceIds: endpoint.NetworkInterfaceIds.filter((id) => !leaving.includes(id)),
  }
}

function groupsAfter(estate: Estate, input: Input, endpoint: VpcEndpointDocument): VpcEndpointDocument['Groups'] {
  if (!input.AddSecurityGroupIds?.length && !input.RemoveSecurityGroupIds?.length) return endpoint.Groups
  const gone = new Set(input.RemoveSecurityGroupIds)
  for (const id of gone) estate.get(securityGroups, id)
  const kept = endpoint.Groups.map((group) => group.GroupId!).filter((id) => !gone.has(id))
  const ids = [...new Set([...kept, ...(input.AddSecurityGroupIds ?? [])])]
  // inferred: an endpoint is never left without a group, which would silently put the default one in its place.
  if (ids.length === 0) throw invalidParameter('A VPC endpoint must have at least one security group.')
  return groupsFor(estate, { SubnetId: endpoint.SubnetIds[0] ?? endpoint.VpcId, VpcId: endpoint.VpcId }, ids)
}
