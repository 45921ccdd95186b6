import { availabilityZones, serviceByName, type Service } from '../../../network/services.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { SubnetDocument, VpcDocument, VpcEndpointDocument } from '../documents.ts'
import { invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { malformedId, networkInterfaces, subnets, vpcEndpoints } from '../nouns.ts'
import { makeInterface, managedBy } from '../network-interface/make-interface.ts'
import { takeIpv6Addresses } from '../network-interface/ipv6-range.ts'
import type { IpAddressType } from './ip-address-type.ts'

/** The shared public zone of `….us-east-1.vpce.amazonaws.com` (facts: network.md, captures); no other Region's was found. */
const SHARED_ZONES: Readonly<Record<string, string>> = { 'us-east-1': 'Z7HUB22UULQXV' }

/** The subnets an endpoint shall stand in: in its VPC, one for each Availability Zone, where the service is. */
export function subnetsFor(
  estate: Estate,
  vpcId: string,
  service: Service,
  ids: readonly string[],
  standing: readonly string[] = [],
): SubnetDocument[] {
  const zones = new Set(standing.map((id) => estate.get(subnets, id).AvailabilityZone))
  return ids.map((id) => {
    if (!/^subnet-[0-9a-z]+$/.test(id)) throw malformedId('InvalidSubnetId.Malformed', 'Subnet Id', id, 'subnet-')
    const subnet = estate.get(subnets, id)
    if (subnet.VpcId !== vpcId) {
      throw invalidParameter(`Subnet ${id} and network ${vpcId} belong to different networks.`)
    }
    if (!availabilityZones(service.region).includes(subnet.AvailabilityZone)) {
      throw invalidParameter(
        `The VPC endpoint service ${service.serviceName} does not support the availability zone of the subnet: ${id}.`,
      )
    }
    if (zones.has(subnet.AvailabilityZone)) {
      throw new AwsError(
        'DuplicateSubnetsInSameZone',
        `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
      )
    }
    zones.add(subnet.AvailabilityZone)
    return subnet
  })
}

/** Addresses that the caller chose for the interface in a subnet. */
export interface SubnetConfiguration {
  SubnetId?: string
  Ipv4?: string
  Ipv6?: string
}

/** Each subnet once, and only such as the same request puts the endpoint into. inferred: both sentences. */
export function checkSubnetConfigurations(
  configurations: readonly SubnetConfiguration[],
  added: readonly string[],
  address: IpAddressType,
): void {
  const seen = new Set<string>()
  for (const { SubnetId = '', Ipv6 } of configurations) {
    if (!added.includes(SubnetId) || seen.has(SubnetId)) {
      throw invalidParameter(`Subnet configuration of ${SubnetId} must be for a subnet that is added, and given once.`)
    }
    if (Ipv6 && address === 'ipv4') {
      throw invalidParameter(`Subnet configuration of ${SubnetId} has an IPv6 address, and the endpoint is IPv4.`)
    }
    seen.add(SubnetId)
  }
}

/** One requester-managed interface in each subnet, wearing the endpoint's groups. Answers their ids. */
export function makeEndpointInterfaces(
  estate: Estate,
  vpcEndpointId: string,
  places: readonly SubnetDocument[],
  groups: readonly { GroupId?: string; GroupName?: string }[],
  address: IpAddressType,
  configurations: readonly SubnetConfiguration[] = [],
): string[] {
  return places.map((subnet) => {
    const { Ipv4, Ipv6 } = configurations.find((one) => one.SubnetId === subnet.SubnetId) ?? {}
    const eni = makeInterface(estate, subnet, {
      ...managedBy(estate, 'amazon-vpce'),
      named: Ipv4 ? [Ipv4] : [],
      ipv6: Ipv6 ? { named: [Ipv6] } : { count: address === 'ipv4' ? 0 : 1 },
      Description: `VPC Endpoint Interface ${vpcEndpointId}`,
      InterfaceType: 'vpc_endpoint',
      Groups: groups.map(({ GroupId, GroupName }) => ({ GroupId: GroupId!, GroupName: GroupName! })),
    })
    return eni.NetworkInterfaceId
  })
}

/**
 * AWS's order: the regional name, a zonal name for each Availability Zone, then the private names.
 * S3's names begin with `*.`: the bucket stands there.
 */
export function dnsEntries(
  estate: Estate,
  service: Service,
  label: string,
  subnetIds: readonly string[],
  privateDns: boolean,
): VpcEndpointDocument['DnsEntries'] {
  const HostedZoneId = SHARED_ZONES[service.region]
  const shared = HostedZoneId ? { HostedZoneId } : {}
  const start = service.id === 's3' ? '*.' : ''
  const [base] = service.baseEndpointDnsNames
  const zones = subnetIds.map((id) => estate.get(subnets, id).AvailabilityZone)
  return [
    { DnsName: `${start}${label}.${base}`, ...shared },
    ...zones.map((zone) => ({ DnsName: `${start}${label}-${zone}.${base}`, ...shared })),
    ...(privateDns ? service.privateDnsNames.map((DnsName) => ({ DnsName, HostedZoneId: privateZone(label) })) : []),
  ]
}

/** `vpce-0123456789abcdef0-1a2b3c4d`: the id and eight characters, the same for the endpoint's whole life. */
export function labelOf(endpoint: VpcEndpointDocument): string {
  const label = /vpce-[0-9a-z]+-[0-9a-z]{8}/.exec(endpoint.DnsEntries[0]?.DnsName ?? '')?.[0]
  if (!label) throw new Error(`${endpoint.VpcEndpointId} has no DNS name of its own`)
  return label
}

/** Stand-in for the id of the hidden private zone: one for each endpoint. */
const privateZone = (label: string): string =>
  `Z${label
    .replaceAll(/vpce|-/g, '')
    .toUpperCase()
    .slice(0, 20)}`

/** What private DNS needs of its VPC, and that no other endpoint there has the name (facts: errors.md A6). */
export function checkPrivateDns(
  estate: Estate,
  vpc: VpcDocument,
  service: Service,
  dnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint?: boolean } | undefined,
  exceptId?: string,
): void {
  const [name] = service.privateDnsNames
  if (!name) throw invalidParameter(`The VPC endpoint service ${service.serviceName} does not support private DNS.`)
  if (!vpc.EnableDnsSupport || !vpc.EnableDnsHostnames) {
    throw invalidParameter(
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.VpcId}`,
    )
  }
  const neighbours = estate
    .list(vpcEndpoints)
    .filter((one) => one.VpcId === vpc.VpcId && one.VpcEndpointId !== exceptId)
  const taken = new Set(
    neighbours
      .filter((one) => one.PrivateDnsEnabled)
      .flatMap((one) => serviceByName(service.region, one.ServiceName)?.privateDnsNames ?? []),
  )
  const conflicting = service.privateDnsNames.find((one) => taken.has(one))
  if (conflicting !== undefined) {
    throw invalidParameter(
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${conflicting} in the VPC ${vpc.VpcId}`,
    )
  }
  if (
    dnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint &&
    !neighbours.some((one) => one.VpcEndpointType === 'Gateway' && one.ServiceName === service.serviceName)
  ) {
    throw invalidParameter(
      `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${vpc.VpcId} must have a Gateway endpoint for the service.`,
    )
  }
}

/** Groups follow to every interface of the endpoint. */
export function wearGroups(estate: Estate, endpoint: VpcEndpointDocument): void {
  for (const id of endpoint.NetworkInterfaceIds) {
    const eni = estate.get(networkInterfaces, id)
    const Groups = endpoint.Groups.map(({ GroupId, GroupName }) => ({ GroupId: GroupId!, GroupName: GroupName! }))
    estate.save(networkInterfaces, { ...eni, Groups })
  }
}

/** The endpoint's interfaces get or lose IPv6 addresses, as its address type has them. */
export function wearAddressType(estate: Estate, endpoint: VpcEndpointDocument, address: IpAddressType): void {
  for (const id of endpoint.NetworkInterfaceIds) {
    const eni = estate.get(networkInterfaces, id)
    const standing = eni.Ipv6Addresses ?? []
    if (address === 'ipv4' && standing.length > 0) estate.save(networkInterfaces, { ...eni, Ipv6Addresses: [] })
    if (address === 'ipv4' || standing.length > 0) continue
    const subnet = estate.get(subnets, eni.SubnetId)
    const [Ipv6Address] = takeIpv6Addresses(estate, subnet, estate.list(networkInterfaces), [], 1)
    estate.save(networkInterfaces, { ...eni, Ipv6Addresses: [{ Ipv6Address: Ipv6Address!, IsPrimaryIpv6: false }] })
  }
}
