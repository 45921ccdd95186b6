import type { CreateVpcEndpointRequest, CreateVpcEndpointResult } from '@aws-sdk/client-ec2'
import { serviceByName, type Service } from '../../../network/services.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { VpcDocument, VpcEndpointDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { making, on } from '../needs.ts'
import { groupsFor } from '../network-interface/make-interface.ts'
import { routeTables, securityGroups, subnets, vpcEndpoints, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import {
  checkPrivateDns,
  checkSubnetConfigurations,
  dnsEntries,
  makeEndpointInterfaces,
  subnetsFor,
} from './endpoint-interfaces.ts'
import { addEndpointRoutes } from './gateway-routes.ts'
import { checkIpAddressType, checkSubnetsFor, dnsOptionsFor } from './ip-address-type.ts'
import { defaultPolicy, givenPolicy, type EndpointType } from './policy.ts'

type Input = Shape<CreateVpcEndpointRequest>

/**
 * Gateway endpoints (S3, DynamoDB) become routes; interface endpoints become network interfaces and names.
 * Available at once. Private DNS is on unless it is switched off: the API reference said so of the default for years,
 * and says nothing today.
 */
export const createVpcEndpoint = ec2Operation<CreateVpcEndpointRequest, CreateVpcEndpointResult>('CreateVpcEndpoint', {
  // The action's own table lists fewer condition keys of what it touches than other actions have.
  needs: (input, estate) => [
    on(estate, 'CreateVpcEndpoint', vpcs, input.VpcId, {}, ['ec2:VpcID']),
    ...making(estate, 'CreateVpcEndpoint', vpcEndpoints, input.TagSpecifications, {
      'ec2:VpceServiceName': input.ServiceName ?? '',
      'ec2:VpceServiceOwner': 'amazon',
      'ec2:VpceServiceRegion': input.ServiceRegion ?? estate.region,
    }),
    ...(input.RouteTableIds ?? []).map((id) =>
      on(estate, 'CreateVpcEndpoint', routeTables, id, {}, ['ec2:RouteTableID']),
    ),
    ...(input.SubnetIds ?? []).map((id) => on(estate, 'CreateVpcEndpoint', subnets, id, {}, ['ec2:SubnetID'])),
    ...(input.SecurityGroupIds ?? []).map((id) =>
      on(estate, 'CreateVpcEndpoint', securityGroups, id, {}, ['ec2:SecurityGroupID']),
    ),
  ],
  perform(input, estate) {
    const again = estate.repeated(vpcEndpoints, 'CreateVpcEndpoint', input.ClientToken)
    if (again) return { VpcEndpoint: again, ClientToken: input.ClientToken! }
    refuseUnbuilt(input, 'ResourceConfigurationArn', 'ServiceNetworkArn')
    const vpc = estate.get(vpcs, input.VpcId)
    const type = (input.VpcEndpointType ?? 'Gateway') as EndpointType
    const service = serviceFor(estate, input, type)
    const base = {
      VpcEndpointId: estate.mint(vpcEndpoints.prefix),
      VpcEndpointType: type,
      VpcId: vpc.VpcId,
      ServiceName: service.serviceName!,
      ServiceRegion: estate.region,
      State: 'available' as never,
      PolicyDocument:
        input.PolicyDocument === undefined ? defaultPolicy(type) : givenPolicy(input.PolicyDocument, service, type),
      RequesterManaged: false,
      OwnerId: estate.account,
      CreationTimestamp: estate.now,
      Tags: givenTags(vpcEndpoints, input.TagSpecifications),
    }
    const endpoint = estate.save(vpcEndpoints, {
      ...base,
      ...(type === 'Gateway' ? gatewayPart(estate, base, input) : interfacePart(estate, base, input, vpc, service)),
    })
    estate.remember('CreateVpcEndpoint', input.ClientToken, endpoint.VpcEndpointId)
    return { VpcEndpoint: endpoint, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) }
  },
})

/** inferred: cross-Region access to AWS services is not offered, so a foreign ServiceRegion finds no service. */
function serviceFor(estate: Estate, input: Input, type: EndpointType): Service {
  if (!input.ServiceName) throw missingParameter('serviceName')
  const service = serviceByName(estate.region, input.ServiceName)
  if (!service || (input.ServiceRegion ?? estate.region) !== estate.region) throw noSuchService(input.ServiceName)
  if (!service.types.includes(type)) {
    throw invalidParameter(
      `Endpoint type (${type}) does not match available service types ([${service.types.join(', ')}]).`,
    )
  }
  checkIpAddressType(service, type, input.IpAddressType ?? 'ipv4')
  return service
}

export function noSuchService(name: string): AwsError {
  return new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`)
}

type Base = Pick<VpcEndpointDocument, 'VpcEndpointId' | 'VpcId' | 'ServiceName'>
type Part = Pick<
  VpcEndpointDocument,
  'RouteTableIds' | 'SubnetIds' | 'Groups' | 'NetworkInterfaceIds' | 'DnsEntries' | 'PrivateDnsEnabled'
> &
  Partial<VpcEndpointDocument>

function gatewayPart(estate: Estate, base: Base, input: Input): Part {
  // inferred: the sentence.
  if (input.SubnetIds?.length || input.SecurityGroupIds?.length || input.PrivateDnsEnabled) {
    throw invalidParameter('Subnets, security groups and private DNS are only supported for Interface VPC endpoints.')
  }
  if (input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint !== undefined) {
    throw invalidParameter(
      'DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.',
    )
  }
  within('gatewayEndpoints', count(estate, (one) => one.VpcEndpointType === 'Gateway') + 1)
  const RouteTableIds = [...new Set(input.RouteTableIds)]
  addEndpointRoutes(estate, base, RouteTableIds)
  return { RouteTableIds, SubnetIds: [], Groups: [], NetworkInterfaceIds: [], DnsEntries: [], PrivateDnsEnabled: false }
}

function interfacePart(estate: Estate, base: Base, input: Input, vpc: VpcDocument, service: Service): Part {
  if (input.RouteTableIds?.length) {
    throw invalidParameter('Route tables are only supported for Gateway VPC endpoints.')
  }
  const own = (one: VpcEndpointDocument) => one.VpcEndpointType === 'Interface' && one.VpcId === vpc.VpcId
  within('interfaceEndpointsPerVpc', count(estate, own) + 1)
  const PrivateDnsEnabled = input.PrivateDnsEnabled ?? service.privateDnsNames.length > 0
  const IpAddressType = input.IpAddressType ?? 'ipv4'
  const DnsOptions = dnsOptionsFor(input.DnsOptions, undefined, service, IpAddressType)
  if (PrivateDnsEnabled) checkPrivateDns(estate, vpc, service, DnsOptions)
  const asked = [...new Set(input.SubnetIds)]
  const places = subnetsFor(estate, vpc.VpcId, service, asked)
  checkSubnetsFor(IpAddressType, places)
  const configurations = input.SubnetConfigurations ?? []
  checkSubnetConfigurations(configurations, asked, IpAddressType)
  const Groups = groupsFor(
    estate,
    { SubnetId: input.SubnetIds?.[0] ?? vpc.VpcId, VpcId: vpc.VpcId },
    input.SecurityGroupIds,
  )
  const SubnetIds = places.map((subnet) => subnet.SubnetId)
  const label = `${base.VpcEndpointId}-${estate.call.world.hex(8)}`
  return {
    RouteTableIds: [],
    SubnetIds,
    Groups,
    NetworkInterfaceIds: makeEndpointInterfaces(
      estate,
      base.VpcEndpointId,
      places,
      Groups,
      IpAddressType,
      configurations,
    ),
    DnsEntries: dnsEntries(estate, service, label, SubnetIds, PrivateDnsEnabled),
    PrivateDnsEnabled,
    IpAddressType,
    DnsOptions,
  }
}

const count = (estate: Estate, which: (endpoint: VpcEndpointDocument) => boolean): number =>
  estate.list(vpcEndpoints).filter(which).length
