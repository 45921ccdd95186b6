import type { CreateVpcEndpointRequest, DnsOptionsSpecification } from '@aws-sdk/client-ec2'
import type { Service } from '../../../network/services.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { SubnetDocument, VpcEndpointDocument } from '../documents.ts'
import { invalidParameter, notBuilt } from '../errors.ts'
import { ipv6Blocks } from '../ipv6.ts'
import type { EndpointType } from './policy.ts'

export type IpAddressType = NonNullable<Shape<CreateVpcEndpointRequest>['IpAddressType']>
type DnsOptions = NonNullable<VpcEndpointDocument['DnsOptions']>

/**
 * Which address types an endpoint of a service can have: IPv6 as well where the service has dual-stack host names.
 * inferred: AWS tells it of each service by DescribeVpcEndpointServices, of which no capture has it.
 */
export function supportedIpAddressTypes(service: Service, type: EndpointType): IpAddressType[] {
  const dual = service.hosts.some((host) => host.endsWith('.api.aws') || host.includes('.dualstack.'))
  return type === 'Interface' && dual ? ['ipv4', 'ipv6'] : ['ipv4']
}

/** `dualstack` takes both types (PrivateLink guide, "IP address type"). Sentences inferred. */
export function checkIpAddressType(service: Service, type: EndpointType, asked: IpAddressType): void {
  const supported = supportedIpAddressTypes(service, type)
  if (!['ipv4', 'ipv6', 'dualstack'].includes(asked) || (asked !== 'ipv4' && !supported.includes('ipv6'))) {
    throw invalidParameter(
      `The VPC endpoint service ${service.serviceName} does not support the IP address type ${asked}.`,
    )
  }
}

/** The subnets of a dual-stack endpoint have IPv6 blocks; those of an IPv6 one have nothing else, and there are none such here. */
export function checkSubnetsFor(asked: IpAddressType, places: readonly SubnetDocument[]): void {
  for (const subnet of places) {
    const fits = asked === 'ipv4' || (asked === 'dualstack' ? ipv6Blocks(subnet).length > 0 : subnet.Ipv6Native)
    if (!fits) throw invalidParameter(`Subnet ${subnet.SubnetId} does not support the IP address type ${asked}.`)
  }
}

/** Which records the names get. An IPv4 endpoint has no AAAA records to give (PrivateLink guide, "DNS record IP type"). */
export function dnsOptionsFor(
  given: Shape<DnsOptionsSpecification> | undefined,
  before: DnsOptions | undefined,
  service: Service,
  address: IpAddressType,
): DnsOptions {
  if (given?.PrivateDnsPreference || given?.PrivateDnsSpecifiedDomains) {
    throw notBuilt('DnsOptions of resource and service network endpoints')
  }
  const inbound = given?.PrivateDnsOnlyForInboundResolverEndpoint ?? before?.PrivateDnsOnlyForInboundResolverEndpoint
  // inferred: both sentences.
  if (inbound && !service.types.includes('Gateway')) {
    throw invalidParameter(
      'PrivateDnsOnlyForInboundResolverEndpoint is only supported for services with Gateway endpoints.',
    )
  }
  const asked = given?.DnsRecordIpType
  if (asked && !['ipv4', 'ipv6', 'dualstack', 'service-defined'].includes(asked)) {
    throw invalidParameter(`DNS record IP type ${asked} is invalid.`)
  }
  const fits = (type: string) => type === 'service-defined' || address === 'dualstack' || type === address
  if (asked && !fits(asked)) {
    throw invalidParameter(`DNS record IP type ${asked} is not compatible with IP address type ${address}.`)
  }
  const kept = before?.DnsRecordIpType && fits(before.DnsRecordIpType) ? before.DnsRecordIpType : address
  return {
    DnsRecordIpType: asked ?? kept,
    ...(inbound === undefined ? {} : { PrivateDnsOnlyForInboundResolverEndpoint: inbound }),
  }
}
