/**
 * Packets on their way: out of an interface, by the route table of one subnet after the other, through the gateways that
 * the routes name, to where they come out. Each gateway has a file of its own; this one is what they have in common.
 */
import { formatIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { passThroughAppliance } from './appliance.ts'
import { passAcl, passGroups } from './filters.ts'
import type { OtherEnd } from './filters.ts'
import { hypervisorServices, mayBeHypervisor } from './hypervisor.ts'
import { leaveByEgressOnlyGateway, leaveByInternetGateway } from './internet-gateway.ts'
import { addressFor, insideSubnet, isNatGateway } from './model.ts'
import type { Interface, Model, Subnet, Vpc } from './model.ts'
import { leaveByNatGateway } from './nat-gateway.ts'
import { ECHO_REPLY, LINUX_EPHEMERAL } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { ICMP, ICMPV6 } from './protocol.ts'
import { losers, lookup, routeText } from './route-table.ts'
import { enterTransitGateway } from './transit-gateway.ts'
import { enterGatewayEndpoint, enterInterfaceEndpoint } from './vpc-endpoint.ts'
import { crossPeering, peerAcross } from './vpc-peering.ts'
import { leaveByVirtualPrivateGateway } from './virtual-private-gateway.ts'

/** What is asked for: the head of a flow. */
export type Question = Pick<Flow, 'destination' | 'port' | 'protocol' | 'service'>

/** More gateways than any sensible path has. */
const MOST_GATEWAYS = 8

/** Packets from an interface to an address, there and back. */
export function leave(path: Path, model: Model, from: Interface, asked: Question): Arrival | undefined {
  const { destination, port, protocol } = asked
  const { subnet } = from
  if (!path.gates && mayBeHypervisor(subnet.vpc, destination)) {
    const service = hypervisorServices(subnet.vpc).find(
      (one) => one.address === destination && one.port === port && one.protocols.includes(protocol),
    )
    if (service) {
      pass(path, 'service', service.name, 'in', 'an address of the hypervisor: no rule, route or ACL applies')
      return { via: 'local', sourceIp: formatIp(addressFor(from, destination) ?? 0) }
    }
  }
  const source = addressFor(from, destination)
  if (source === undefined) {
    const family = typeof destination === 'number' ? 'IPv4' : 'IPv6'
    const text = `${from.id} has no ${family} address, so it cannot reach ${formatIp(destination)}`
    block(path, 'interface', 'out', { layer: 'subnet', code: 'SP_NO_ADDRESS_OF_FAMILY', component: from.id, text })
    return undefined
  }
  const publicSource = typeof destination === 'number' ? from.publicAddress : source
  const { service } = asked
  // Written out, not spread: this is the hot path.
  const flow: Flow = {
    source,
    destination,
    port,
    protocol,
    replyPorts: replyPorts(protocol),
    peer: from,
    ...(publicSource !== undefined && { publicSource }),
    ...(service && { service }),
    gateways: 0,
  }
  const cause: Cause = service
    ? { kind: 'route', from, destination, port, service }
    : { kind: 'route', from, destination, port }
  passGroups(path, model, from, 'egress', flow, knownAt(model, subnet, destination))
  return forward(path, model, flow, subnet, cause)
}

/** Ports that replies to a client on Linux come back to; for ICMP, the type of an echo's answer. */
export function replyPorts(protocol: number): Flow['replyPorts'] {
  if (protocol === ICMP) return ECHO_REPLY.four
  return protocol === ICMPV6 ? ECHO_REPLY.six : LINUX_EPHEMERAL
}

/** The destination, with the interface there as far as rules recognise it by its groups from here. */
function knownAt(model: Model, subnet: Subnet, address: Ip): OtherEnd {
  const target = lookup(subnet.routes, address)?.target
  if (target?.kind === 'local') return { address, peer: model.interfaceAt(subnet.vpc.id, address) }
  if (target?.kind !== 'vpc-peering-connection') return { address }
  return { address, ...peerAcross(model, target.id, subnet.vpc, address) }
}

/** On from a subnet by its route table, past its ACL, and the replies back in. `cause`: should no route do. */
export function forward(path: Path, model: Model, flow: Flow, at: Subnet, cause: Cause): Arrival | undefined {
  const { destination, port, protocol } = flow
  const route = lookup(at.routes, destination)
  const table = at.routes.id
  const refuse = (code: string, text: string): undefined =>
    block(path, 'route-table', 'out', { layer: 'route', code, component: table, text }, cause) as undefined
  if (!route) {
    refuse('NO_ROUTE_TO_DESTINATION', `${table} of ${at.id} has no route to ${formatIp(destination)}`)
  } else {
    // A way through an endpoint that lost to a more specific route is what people look for in vain.
    const beaten = at.routes.hasLists
      ? losers(at.routes, destination, route).find((loser) => loser.prefixListId !== undefined)
      : undefined
    const text = beaten ? `${routeText(route)}, which beats ${routeText(beaten)}` : routeText(route)
    if (route.blackhole) refuse('BAD_STATE_ROUTE', `${text} drops everything`)
    else if (route.target.kind === 'unbuilt')
      refuse('CANNOT_ROUTE', `${text}: routes to ${route.target.id} are not built yet`)
    else if (flow.gateways > MOST_GATEWAYS) return refuse('CANNOT_ROUTE', `${text}: the way leads in circles`)
    else pass(path, 'route-table', table, 'out', text)
  }
  const stays = route?.target.kind === 'local' && insideSubnet(at, destination)
  const between = path.gates !== undefined && !insideSubnet(at, flow.source)
  if (between && stays) path.uncrossed = true
  if (!stays) passAcl(path, at, 'egress', protocol, destination, { from: port, to: port }, false, between)
  const arrival = route && !route.blackhole ? follow(path, model, flow, at, route.target, cause, !stays) : undefined
  if (!stays) passAcl(path, at, 'ingress', protocol, destination, flow.replyPorts, true, between)
  return arrival
}

/** Where a route leads. */
function follow(
  path: Path,
  model: Model,
  given: Flow,
  at: Subnet,
  target: NonNullable<ReturnType<typeof lookup>>['target'],
  cause: Cause,
  crossesEdge: boolean,
): Arrival | undefined {
  if (target.kind === 'local') return arrive(path, model, given, at.vpc, crossesEdge)
  const flow = { ...given, gateways: given.gateways + 1 }
  switch (target.kind) {
    case 'vpc-endpoint':
      return enterGatewayEndpoint(path, model, flow, at, target.id)
    case 'nat-gateway':
      return leaveByNatGateway(path, model, flow, at, target.id, cause)
    case 'internet-gateway':
      return leaveByInternetGateway(path, model, flow, at, target.id, cause)
    case 'egress-only-internet-gateway':
      return leaveByEgressOnlyGateway(path, model, flow, at, target.id, cause)
    case 'vpc-peering-connection':
      return crossPeering(path, model, flow, at, target.id, cause)
    case 'transit-gateway':
      return enterTransitGateway(path, model, flow, at, target.id, cause)
    case 'virtual-private-gateway':
      return leaveByVirtualPrivateGateway(path, model, flow, at, target.id, cause)
    case 'interface':
      return passThroughAppliance(path, model, flow, at, target.id, cause)
    case 'unbuilt':
      return undefined
  }
}

/** At an interface of a VPC, by its own address. */
export function arrive(path: Path, model: Model, flow: Flow, vpc: Vpc, crossesEdge: boolean): Arrival | undefined {
  const to = model.interfaceAt(vpc.id, flow.destination)
  if (to) return arriveAt(path, model, flow, to, crossesEdge)
  const text = `no network interface of ${vpc.id} has the address ${formatIp(flow.destination)}`
  block(path, 'interface', 'in', { layer: 'subnet', code: 'UNKNOWN_DESTINATION', component: vpc.id, text })
  return undefined
}

/** At this interface: past its subnet's ACL and its groups, and the replies back out. */
export function arriveAt(
  path: Path,
  model: Model,
  flow: Flow,
  to: Interface,
  crossesEdge: boolean,
): Arrival | undefined {
  const { destination, port, protocol, source } = flow
  if (crossesEdge) passAcl(path, to.subnet, 'ingress', protocol, source, { from: port, to: port })
  if (isNatGateway(to)) {
    const text = `${to.id} belongs to a NAT gateway, which is no destination`
    block(path, 'interface', 'in', { layer: 'route', code: 'NO_POSSIBLE_DESTINATION', component: to.id, text })
    return undefined
  }
  passGroups(path, model, to, 'ingress', flow, { address: source, peer: flow.peer, lost: flow.lost })
  pass(path, 'interface', to.id, 'in', `${formatIp(destination)} in ${to.subnet.id}`)
  const endpoint = model.endpointOf(to.id)
  const arrival: Arrival = endpoint
    ? enterInterfaceEndpoint(path, model, flow, endpoint)
    : { via: 'local', sourceIp: formatIp(source) }
  if (crossesEdge) passAcl(path, to.subnet, 'egress', protocol, source, flow.replyPorts, true)
  flow.back?.(to.subnet)
  return arrival
}
