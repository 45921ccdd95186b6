/**
 * NAT gateways. One carries what comes from its own VPC, out of *another* subnet than its own, under its elastic address,
 * and its own subnet must lead to an internet gateway. It has no groups, but its subnet's ACL sees every packet twice:
 * between the source and the gateway, and between the gateway and the world (ports 1024-65535 for replies).
 */
import { formatIpv4, parseIpv4 } from './addresses.ts'
import { passAcl } from './filters.ts'
import { arriveInPublic, passAttachment, passPublicDestination } from './internet-gateway.ts'
import type { Model } from './model.ts'
import { LINUX_EPHEMERAL, NAT_EPHEMERAL } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { lookup, routeText } from './route-table.ts'
import { enterGatewayEndpoint } from './vpc-endpoint.ts'

export function leaveByNatGateway(
  path: Path,
  model: Model,
  flow: Flow,
  natGatewayId: string,
  cause: Cause,
): Arrival | undefined {
  const { from, destination, port, protocol } = flow
  const gateway = model.natGateway(natGatewayId)
  const subnet = model.subnet(gateway?.SubnetId)
  const refuse = (code: string, text: string, why?: Cause): void =>
    block(path, 'nat-gateway', 'out', { layer: 'route', code, component: natGatewayId, text }, why)
  if (!gateway || !subnet) {
    refuse(
      'BAD_STATE_ROUTE',
      `${natGatewayId} ${gateway ? 'is in no known subnet' : 'does not exist'}, so the route to it drops everything`,
      cause,
    )
    return undefined
  }
  const addresses = gateway.NatGatewayAddresses ?? []
  const primary = addresses.find((entry) => entry.IsPrimary) ?? addresses[0]
  const elastic = parseIpv4(primary?.PublicIp ?? '')
  const own = parseIpv4(primary?.PrivateIp ?? '')
  const isPrivate = gateway.ConnectivityType === 'private'
  if ((gateway.State ?? 'available') !== 'available') {
    refuse('BAD_STATE', `${natGatewayId} is ${gateway.State}, not available`, cause)
  } else if (subnet.vpc.id !== from.subnet.vpc.id) {
    refuse('NGW_REQUIRES_SOURCE_IN_VPC', `${natGatewayId} carries only what comes from ${subnet.vpc.id}`, cause)
  } else if (subnet.id === from.subnet.id) {
    refuse(
      'SP_NAT_IN_SOURCE_SUBNET',
      `${natGatewayId} stands in ${subnet.id}, the source's own subnet: its route leads back to itself`,
      cause,
    )
  } else {
    pass(
      path,
      'nat-gateway',
      natGatewayId,
      'out',
      `in ${subnet.id}, ${isPrivate ? 'private' : `as ${primary?.PublicIp ?? 'no address'}`}`,
    )
  }
  const crossesEdge = subnet.id !== from.subnet.id
  if (crossesEdge) passAcl(path, subnet, 'ingress', protocol, from.address, { from: port, to: port })

  const route = lookup(subnet.routes, destination)
  const uplink = { kind: 'uplink', subnet } as const
  const table = subnet.routes.id
  const noWay = (code: string, text: string): void =>
    block(path, 'route-table', 'out', { layer: 'route', code, component: table, text }, uplink)
  let arrival: Arrival | undefined
  if (!route) {
    noWay(
      'NO_ROUTE_TO_DESTINATION',
      `${subnet.id}, where ${natGatewayId} stands, has no route to ${formatIpv4(destination)}`,
    )
  } else if (route.blackhole) {
    noWay('BAD_STATE_ROUTE', `${routeText(route)} of ${subnet.id}, where ${natGatewayId} stands, drops everything`)
  } else if (route.target.kind === 'internet-gateway') {
    pass(path, 'route-table', table, 'out', routeText(route))
    passAcl(path, subnet, 'egress', protocol, destination, { from: port, to: port })
    passAttachment(path, model, route.target.id, subnet.vpc.id, 'out')
    if (isPrivate || elastic === undefined) {
      const text = `${natGatewayId} has no elastic address; ${route.target.id} carries nothing without one`
      block(
        path,
        'internet-gateway',
        'out',
        { layer: 'route', code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS', component: route.target.id, text },
        cause,
      )
    }
    passPublicDestination(path, route.target.id, destination)
    arriveInPublic(path, model, elastic, destination, port, flow.service)
    arrival = { via: 'nat-gateway', sourceIp: primary?.PublicIp ?? '' }
  } else if (route.target.kind === 'vpc-endpoint') {
    // inferred: a gateway endpoint in the NAT gateway's own table takes the traffic over, under the gateway's address.
    pass(path, 'route-table', table, 'out', routeText(route))
    passAcl(path, subnet, 'egress', protocol, destination, { from: port, to: port })
    arrival = enterGatewayEndpoint(path, model, flow, route.target.id, own ?? from.address)
  } else {
    noWay(
      'NO_ROUTE_TO_DESTINATION',
      `${routeText(route)} of ${subnet.id}, where ${natGatewayId} stands, does not lead to an internet gateway`,
    )
  }

  passAcl(path, subnet, 'ingress', protocol, destination, NAT_EPHEMERAL, true)
  if (crossesEdge) passAcl(path, subnet, 'egress', protocol, from.address, LINUX_EPHEMERAL, true)
  return arrival
}
