/**
 * Which address a name has, and who says so. Inside a VPC the zones are asked in this order: private DNS of interface
 * endpoints, EC2's internal names, public names; the first that knows the name answers. From outside only public names.
 * Neither groups nor ACLs stand between a VPC and its Amazon resolver, so even an isolated VPC gets public answers,
 * and times out later (VPC user guide, "DNS attributes for your VPC").
 */
import { formatIpv4, parseIpv4 } from './addresses.ts'
import type { Ip, Ipv4 } from './addresses.ts'
import { RESOLVER_OFFSET } from './hypervisor.ts'
import { indexed } from './list-index.ts'
import { perKey, perObject } from './memo.ts'
import { inside } from './model.ts'
import type { Model, Vpc, VpcEndpointDocument } from './model.ts'
import { HostIndex, publicAddresses, publicService, serviceByName } from './services.ts'
import type { Service } from './services.ts'
import type { NetworkDocuments } from './types.ts'
import { resolvesAcross } from './vpc-peering.ts'

export interface Answer {
  /** A and AAAA records alike. Empty: no such name. Of each family a client takes the first. */
  readonly addresses: readonly Ip[]
  /** Whose record it is: `private DNS of vpce-…`, `public`. */
  readonly zone: string
  readonly endpoint?: VpcEndpointDocument
  /** Set for a default public host name of an AWS service. */
  readonly service?: Service
  /** The endpoint is not enabled in the client's Availability Zone, and this service's private name needs that. */
  readonly zoneMissing?: boolean
}

/** Who answers questions in a VPC. */
export type Resolver =
  | { readonly kind: 'amazon'; readonly address: Ipv4 }
  | { readonly kind: 'custom'; readonly address: Ipv4 }

/** The same resolver at its link-local address. */
const LINK_LOCAL_RESOLVER = parseIpv4('169.254.169.253')!

const optionsById = indexed<NetworkDocuments['DhcpOptions'][number]>('DhcpOptionsId')

/**
 * The DNS server that DHCP options give to a VPC's interfaces.
 * inferred: options that are absent, `default` or silent about servers mean the Amazon resolver.
 */
export function resolverOf(model: Model, vpc: Vpc): Resolver {
  return resolvers(model)(vpc)
}

const resolvers = perObject((model: Model) => perKey((vpc: Vpc) => findResolver(model, vpc)))

function findResolver(model: Model, vpc: Vpc): Resolver {
  const amazon = (vpc.cidrs[0]?.base ?? 0) + RESOLVER_OFFSET
  const options = optionsById(model.documents.DhcpOptions).get(vpc.document.DhcpOptionsId)
  const servers = options?.DhcpConfigurations?.find((entry) => entry.Key === 'domain-name-servers')?.Values
  const address = parseIpv4(servers?.[0]?.Value ?? '')
  const custom = address !== undefined && address !== amazon && address !== LINK_LOCAL_RESOLVER
  return custom ? { kind: 'custom', address } : { kind: 'amazon', address: amazon }
}

/** Whether an endpoint carries traffic; a captured document without State does. */
export function isAvailable(endpoint: VpcEndpointDocument): boolean {
  return (endpoint.State ?? 'available').toLowerCase() === 'available'
}

/** The endpoint's private DNS names, if it is there to have them in its VPC. */
export function privateNames(model: Model, endpoint: VpcEndpointDocument): readonly string[] {
  const known = serviceByName(model.region, endpoint.ServiceName ?? '')
  if (known) return known.privateDnsNames
  return (endpoint.DnsEntries ?? []).flatMap((entry) =>
    entry.DnsName && !isEndpointName(entry.DnsName) ? entry.DnsName : [],
  )
}

/** Whether an endpoint's private DNS is switched on for the VPC's own interfaces. */
export function hasPrivateDns(endpoint: VpcEndpointDocument): boolean {
  return (
    endpoint.VpcEndpointType === 'Interface' &&
    (endpoint.PrivateDnsEnabled ?? false) &&
    // Only for inbound Resolver endpoints: the VPC itself keeps resolving to public addresses, for the gateway endpoint.
    !(endpoint.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint ?? false)
  )
}

/** Names of a VPC's endpoints while private DNS can work there: it needs both DNS attributes. */
const privateZones = perObject((model: Model) =>
  perKey((vpcId: string) => {
    const index = new HostIndex<VpcEndpointDocument>()
    for (const endpoint of model.endpointsOf(vpcId)) {
      if (!isAvailable(endpoint) || !hasPrivateDns(endpoint)) continue
      for (const name of privateNames(model, endpoint)) index.add(name, endpoint)
    }
    return index
  }),
)

const isEndpointName = (name: string): boolean => name.includes('.vpce.')

const ZONE_IN_LABEL = /-((?:us-gov|[a-z]{2})-[a-z]+-\d[a-z])\./

/** Endpoints' own names: they resolve anywhere, to private addresses. */
const endpointNames = perObject((model: Model) => {
  const index = new HostIndex<{ endpoint: VpcEndpointDocument; zone?: string }>()
  for (const endpoint of model.documents.VpcEndpoints) {
    if (endpoint.VpcEndpointType !== 'Interface') continue
    for (const { DnsName } of endpoint.DnsEntries ?? []) {
      if (!DnsName || !isEndpointName(DnsName)) continue
      const zone = ZONE_IN_LABEL.exec(DnsName)?.[1]
      index.add(DnsName.toLowerCase(), zone === undefined ? { endpoint } : { endpoint, zone })
    }
    // SageMaker developer guide: `VPC_Endpoint_ID.api.sagemaker.Region.vpce.amazonaws.com`. Real names have a suffix
    // after the id; the name as the page prints it is served too.
    for (const base of serviceByName(model.region, endpoint.ServiceName ?? '')?.baseEndpointDnsNames ?? []) {
      index.add(`${endpoint.VpcEndpointId}.${base}`, { endpoint })
    }
  }
  return index
})

/**
 * Which records an endpoint's names have: DnsRecordIpType says so, else the endpoint's own address type.
 * inferred: `service-defined` means the address type too.
 */
function recordTypes({ DnsOptions, IpAddressType }: VpcEndpointDocument): { four: boolean; six: boolean } {
  const asked = DnsOptions?.DnsRecordIpType
  const type = asked && asked !== 'service-defined' ? asked : (IpAddressType ?? 'ipv4')
  return { four: type !== 'ipv6', six: type !== 'ipv4' }
}

interface ZonalAddress {
  readonly address: Ip
  readonly zone: string
}

/** Addresses of an endpoint's interfaces. inferred: those in the client's own Availability Zone come first. */
const endpointAddresses = perObject((model: Model) =>
  perKey((endpoint: VpcEndpointDocument) =>
    perKey((zone: string | undefined): readonly ZonalAddress[] => {
      const { four, six } = recordTypes(endpoint)
      return (endpoint.NetworkInterfaceIds ?? [])
        .flatMap((id) => model.interface(id) ?? [])
        .sort((one, other) => Number(other.subnet.zone === zone) - Number(one.subnet.zone === zone))
        .flatMap(({ address, address6, subnet }) => [
          ...(four && address !== undefined ? [{ address, zone: subnet.zone }] : []),
          ...(six && address6 !== undefined ? [{ address: address6, zone: subnet.zone }] : []),
        ])
    }),
  ),
)

/** What private DNS of an endpoint answers to interfaces in a zone. */
const privateAnswer = perObject((model: Model) =>
  perKey((endpoint: VpcEndpointDocument) =>
    perKey((zone: string): Answer => {
      const all = endpointAddresses(model)(endpoint)(zone)
      const zonal = serviceByName(model.region, endpoint.ServiceName ?? '')?.zonalPrivateDns ?? false
      return {
        addresses: all.map(({ address }) => address),
        zone: `private DNS of ${endpoint.VpcEndpointId}`,
        endpoint,
        ...(zonal && !all.some((one) => one.zone === zone) && { zoneMissing: true }),
      }
    }),
  ),
)

const INTERNAL_NAME = /^ip-(\d+-\d+-\d+-\d+)\.(?:ec2|[a-z0-9-]+\.compute)\.internal$/
const PUBLIC_NAME = /^ec2-(\d+-\d+-\d+-\d+)\.(?:compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com(?:\.cn)?$/

/** Names that everyone on the internet can resolve. */
export function resolvePublic(model: Model, host: string): Answer | undefined {
  if (isEndpointName(host)) {
    const found = endpointNames(model).get(host)
    if (!found) return undefined
    const all = endpointAddresses(model)(found.endpoint)(found.zone)
    const addresses = all
      .filter(({ zone }) => found.zone === undefined || zone === found.zone)
      .map(({ address }) => address)
    return { addresses, zone: `names of ${found.endpoint.VpcEndpointId}`, endpoint: found.endpoint }
  }
  const service = publicService(host, model.region)
  if (service) return { addresses: publicAddresses(service, host, model.ranges), zone: 'public', service }
  const address = parseIpv4(PUBLIC_NAME.exec(host)?.[1]?.replaceAll('-', '.') ?? '')
  return address === undefined ? undefined : { addresses: [address], zone: 'public' }
}

/** What the Amazon resolver of a VPC answers to an interface in `zone`. Says nothing of whether it is switched on. */
export function resolveInVpc(model: Model, vpc: Vpc, zone: string, host: string): Answer | undefined {
  // enableDnsSupport off stops the whole resolver; what it would say is told as if it were on.
  const endpoint = vpc.dnsHostnames ? privateZones(model)(vpc.id).get(host) : undefined
  if (endpoint) return privateAnswer(model)(endpoint)(zone)
  const internal = parseIpv4(INTERNAL_NAME.exec(host)?.[1]?.replaceAll('-', '.') ?? '')
  if (internal !== undefined) return inside(vpc, internal) ? { addresses: [internal], zone: 'internal' } : undefined
  const answer = resolvePublic(model, host)
  if (answer && PUBLIC_NAME.test(host) && vpc.dnsHostnames) {
    // A public host name resolves to the private address inside its own VPC, and across a peering that allows it.
    const owner = model.publicInterfaceAt(answer.addresses[0]!)
    const near = owner && (owner.subnet.vpc.id === vpc.id || resolvesAcross(model, vpc, owner.subnet.vpc))
    if (near && owner.address !== undefined) return { addresses: [owner.address], zone: 'internal' }
  }
  return answer
}

export const resolverText = perObject(
  ({ kind, address }: Resolver) =>
    `${kind === 'amazon' ? 'Amazon resolver' : 'custom DNS server'} ${formatIpv4(address)}`,
)
