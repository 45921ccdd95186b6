/**
 * NAT gateways. One carries what comes from its own VPC (or out of a transit gateway), out of *another* subnet than its
 * own, under its own address: private towards other networks, elastic towards an internet gateway. It has no groups, but
 * its subnet's ACL sees every packet twice: between the source and the gateway, and between the gateway and the world
 * (ports 1024-65535 for replies).
 */
import { contains, formatIp, parseBlock, parseIpv4 } from './addresses.ts'
import { passAcl } from './filters.ts'
import { inside } from './model.ts'
import type { Model, NatGatewayDocument, Subnet } from './model.ts'
import { NAT_EPHEMERAL } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { ICMP } from './protocol.ts'
import { forward } from './walk.ts'

/** IPv6 that stands for IPv4 (RFC 6052): a NAT gateway translates it (VPC user guide, "DNS64 and NAT64"). */
const NAT64 = parseBlock('64:ff9b::/96')!

/** The gateway's first private and elastic address. */
function addressesOf({ NatGatewayAddresses = [] }: NatGatewayDocument): { own?: number; elastic?: number } {
  const primary = NatGatewayAddresses.find((entry) => entry.IsPrimary) ?? NatGatewayAddresses[0]
  const own = parseIpv4(primary?.PrivateIp ?? '')
  const elastic = parseIpv4(primary?.PublicIp ?? '')
  return { ...(own !== undefined && { own }), ...(elastic !== undefined && { elastic }) }
}

export function leaveByNatGateway(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  natGatewayId: string,
  cause: Cause,
): Arrival | undefined {
  const { port, protocol, source } = flow
  const gateway = model.natGateway(natGatewayId)
  const subnet = model.subnet(gateway?.SubnetId)
  const refuse = (code: string, text: string): undefined =>
    block(path, 'nat-gateway', 'out', { layer: 'route', code, component: natGatewayId, text }, cause) as undefined
  if (!gateway || !subnet) {
    const why = gateway ? 'is in no known subnet' : 'does not exist'
    return refuse('BAD_STATE_ROUTE', `${natGatewayId} ${why}, so the route to it drops everything`)
  }
  if (flow.natGatewayId !== undefined) {
    return refuse('NO_ROUTE_TO_DESTINATION', `${flow.natGatewayId} does not lead on by another NAT gateway`)
  }
  if (typeof flow.destination === 'bigint' && !contains(NAT64, flow.destination)) {
    return refuse('PROTOCOL_RESTRICTION', `${natGatewayId} carries IPv6 only to addresses of 64:ff9b::/96`)
  }
  path.translated = true
  const { own, elastic } = addressesOf(gateway)
  const isPrivate = gateway.ConnectivityType === 'private'
  if ((gateway.State ?? 'available') !== 'available') {
    refuse('BAD_STATE', `${natGatewayId} is ${gateway.State}, not available`)
  } else if (subnet.vpc.id !== at.vpc.id || !(inside(subnet.vpc, source) || flow.transitGatewayId !== undefined)) {
    refuse('NGW_REQUIRES_SOURCE_IN_VPC', `${natGatewayId} carries only what comes from ${subnet.vpc.id}`)
  } else if (subnet.id === at.id) {
    const text = `${natGatewayId} stands in ${subnet.id}, the source's own subnet: its route leads back to itself`
    refuse('SP_NAT_IN_SOURCE_SUBNET', text)
  } else {
    const as = isPrivate ? 'private' : `as ${elastic === undefined ? 'no address' : formatIp(elastic)}`
    pass(path, 'nat-gateway', natGatewayId, 'out', `in ${subnet.id}, ${as}`)
  }
  const crossesEdge = subnet.id !== at.id
  if (crossesEdge) passAcl(path, subnet, 'ingress', protocol, source, { from: port, to: port })

  const { peer, back, publicSource: _, transitGatewayId: _gateway, ...rest } = flow
  const groupIds = peer?.groupIds ?? flow.lost?.groupIds
  const destination = typeof flow.destination === 'bigint' ? Number(flow.destination & 0xffffffffn) : flow.destination
  const translated: Flow = {
    ...rest,
    destination,
    source: own ?? (typeof source === 'number' ? source : 0),
    replyPorts: protocol === ICMP ? flow.replyPorts : NAT_EPHEMERAL,
    natGatewayId,
    ...(groupIds && { lost: { groupIds, code: 'SG_REFERENCES_NOT_PRESERVED', why: `${natGatewayId} translates it` } }),
    ...(!isPrivate && elastic !== undefined && { publicSource: elastic }),
  }
  const arrival = forward(path, model, translated, subnet, { kind: 'uplink', subnet, destination })
  if (crossesEdge) passAcl(path, subnet, 'egress', protocol, source, flow.replyPorts, true)
  back?.(subnet)
  return arrival
}
