import { contains, formatCidr, formatIp, parseBlock, parseIp, single } from '../network/addresses.ts'
import { hostOnPremises } from '../network/on-premises.ts'
import { aclRules, servedAddresses, survey } from '../network/reach.ts'
import type { AclRule as NumberedRule, Opening } from '../network/reach.ts'
import { perKey, perObject } from '../network/memo.ts'
import { awsPrefixLists, services } from '../network/services.ts'
import type { Network, NetworkDocuments } from '../network/types.ts'
import { regions } from '../services/ec2/zones.ts'
import { modelOf } from '../network/model.ts'
import type { Model } from '../network/model.ts'
import { usableAttachmentsOf, vpcsOfTransitGateway } from '../network/transit-attachments.ts'
import type { AclRule, FilterPlan, InterfacePlan, InternetPlan, Reach, Served } from './filter-plan.ts'

/** VPC user guide, "NAT gateway basics": a connection that is idle for so long is over; who goes on sends into a reset. */
export const NAT_IDLE_SECONDS = 350

/** An interface, or a host on premises, whose namespace stands. */
export interface Plugged {
  readonly device: string
  readonly networkInterfaceId: string
}

/** Ports that the fabric listens on; what else a service is said to listen on is reset. */
export const LISTENING = [80, 443, 8443] as const

type Vpc = NetworkDocuments['Vpcs'][number]

/** What the packet filter of a VPC has to enforce while these interfaces run there. */
export function planOf(
  network: Network,
  vpcId: string,
  running: readonly Plugged[],
  internet?: Omit<InternetPlan, 'own'>,
  natIdleSeconds = NAT_IDLE_SECONDS,
): FilterPlan {
  const { documents } = network
  const vpc = documents.Vpcs.find((one) => one.VpcId === vpcId)
  const vpcs = [...new Set([vpcId, ...peersOf(documents, vpcId), ...transitNeighbours(modelOf(network), vpcId)])]
  return {
    resolvers: vpc ? resolversOf(vpc) : [],
    isResolverOff: !(vpc?.EnableDnsSupport ?? true),
    natIdleSeconds,
    subnets: documents.Subnets.filter(({ VpcId }) => vpcs.includes(VpcId ?? '')).flatMap((subnet) => {
      const { SubnetId = '', CidrBlock, Ipv6CidrBlockAssociationSet = [] } = subnet
      const { ingress, egress: out } = aclRules(network, SubnetId)
      const associated = Ipv6CidrBlockAssociationSet.filter((one) => one.Ipv6CidrBlockState?.State !== 'disassociated')
      const cidrs = [CidrBlock, ...associated.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock)]
      return cidrs
        .filter((cidr) => cidr !== undefined)
        .map((cidr) => ({ name: nameOf(SubnetId), cidr, ingress: ingress.map(ruleOf), egress: out.map(ruleOf) }))
    }),
    served: vpcs.flatMap((id) => endpointsOf(network, id)),
    publicServices: publicServices(network.region),
    interfaces: running.map((one) => interfaceOf(network, one)),
    ...(internet && { internet: { own: ownBlocks(network), ...internet } }),
  }
}

/** AWS's, and as far as this server goes EC2's and SageMaker's stand-ins for public addresses: nobody real is meant by them. */
const STAND_INS = '44.192.0.0/11'

/** Addresses of VPCs, peered or not, and public ones of interfaces. */
function ownBlocks(network: Network): string[] {
  const model = modelOf(network)
  const vpcs = network.documents.Vpcs.flatMap(({ VpcId }) => model.vpc(VpcId)?.blocks ?? [])
  const open = [...model.publicAddresses()].map(single)
  return [STAND_INS, ...[...vpcs, ...open].map(formatCidr)]
}

/** Whether an address is one that the fabric itself answers at, or that of somebody in it. */
export function isOfFabric({ served, publicServices: all, internet }: FilterPlan, text: string): boolean {
  const address = parseIp(text)
  if (address === undefined) return true
  const isIn = (cidr: string): boolean => {
    const block = blockOf(cidr)
    return block !== undefined && contains(block, address)
  }
  return (internet?.own ?? []).some(isIn) || [...served, ...all].some(({ cidr }) => isIn(cidr))
}

function blockOf(text: string) {
  const address = text.includes('/') ? undefined : parseIp(text)
  return address === undefined ? parseBlock(text) : single(address)
}

/** Amazon's resolver stands at the base of the VPC's first block plus two (VPC user guide, "Amazon DNS server"). */
export function resolversOf({ CidrBlock = '' }: Vpc): string[] {
  const address = /^(\d+\.\d+\.\d+)\.(\d+)\//.exec(CidrBlock)
  return address ? [`${address[1]}.${Number(address[2]) + 2}`] : []
}

/** All that an interface may send from. */
export function addressesOf(network: Network, networkInterfaceId: string): string[] {
  const host = hostOnPremises(networkInterfaceId)
  if (host) return [host.ip]
  const eni = network.documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === networkInterfaceId)
  if (!eni) return []
  const { PrivateIpAddress, PrivateIpAddresses = [], Ipv6Addresses = [] } = eni
  const all = [
    PrivateIpAddress,
    ...PrivateIpAddresses.map((one) => one.PrivateIpAddress),
    ...Ipv6Addresses.map((one) => one.Ipv6Address),
  ]
  return [...new Set(all.filter((one) => one !== undefined))]
}

function interfaceOf(network: Network, { device, networkInterfaceId }: Plugged): InterfacePlan {
  return {
    device,
    addresses: addressesOf(network, networkInterfaceId),
    ...reachOf(network)(networkInterfaceId),
    ...(hostOnPremises(networkInterfaceId) && { premises: true }),
  }
}

/** Another interface's coming does not change where this one may go, unless it changed the network. */
const reachOf = perObject((network: Network) =>
  perKey((id: string) => {
    const { open, premises, translated, uncrossed } = survey(network, id)
    const tcp = translated.filter(({ protocol }) => protocol === 'tcp' || protocol === 'any')
    return {
      allow: open.map(openingOf),
      uncrossed: [...new Set(uncrossed.map(({ cidr }) => cidr))],
      onPremises: premises.map(openingOf),
      translated: [...new Set(tcp.map(({ cidr }) => cidr))],
    }
  }),
)

const protocols = { tcp: 6, udp: 17, icmp: 1, any: -1 } as const

function openingOf({ cidr, protocol, fromPort, toPort }: Opening): Reach {
  return { cidr, protocol: protocols[protocol], fromPort, toPort }
}

function ruleOf({ action, protocol, cidr, fromPort, toPort }: NumberedRule): AclRule {
  return { allow: action === 'allow', protocol, cidr, fromPort, toPort }
}

/** Letters and digits, as nft(8) names chains. */
const nameOf = (id: string) => id.replaceAll(/\W/g, '_')

/** VPCs that a packet may go to directly. */
function peersOf({ VpcPeeringConnections }: NetworkDocuments, vpcId: string): string[] {
  return VpcPeeringConnections.filter(({ Status }) => Status?.Code === 'active').flatMap((peering) => {
    const ends = [peering.RequesterVpcInfo?.VpcId, peering.AccepterVpcInfo?.VpcId]
    return ends.includes(vpcId) ? ends.filter((id) => id !== undefined && id !== vpcId) : []
  }) as string[]
}

/** VPCs that a packet may go to by a transit gateway, by way of its routes or not. */
function transitNeighbours(model: Model, vpcId: string): string[] {
  const gateways = new Set(usableAttachmentsOf(model, vpcId).map(({ transitGatewayId }) => transitGatewayId))
  return [...gateways].flatMap((id) => vpcsOfTransitGateway(model, id))
}

function endpointsOf(network: Network, vpcId: string): Served[] {
  return servedAddresses(network, vpcId).map(({ address, ports }) => ({ cidr: address, ports: listened(ports) }))
}

/** AWS's public addresses in every Region, as a resolver gives them out. */
const publicServices = perKey((region: string): readonly Served[] =>
  [...new Set([region, ...regions])].flatMap((name) => [
    ...services(name).flatMap(({ publicAddress, publicAddress6, ports }) =>
      [publicAddress, publicAddress6].map((address) => ({ cidr: formatIp(address), ports: listened(ports) })),
    ),
    ...awsPrefixLists(name).flatMap(({ Cidrs }) => Cidrs.map((cidr) => ({ cidr, ports: listened([80, 443]) }))),
  ]),
)

function listened(ports: readonly number[]): number[] {
  return ports.filter((port) => (LISTENING as readonly number[]).includes(port))
}
