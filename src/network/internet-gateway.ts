/**
 * Internet gateways, both ways. Out: only interfaces with a public address, and only to public addresses. SageMaker's
 * interfaces never have one, even in a public subnet, so a route to an internet gateway is of no use to a job.
 */
import { formatIpv4, privateRange } from './addresses.ts'
import type { Ipv4 } from './addresses.ts'
import { passAcl, passGroups } from './filters.ts'
import { isNatGateway } from './model.ts'
import type { Interface, Model } from './model.ts'
import { NAT_EPHEMERAL } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { TCP } from './protocol.ts'
import { lookup, routeText } from './route-table.ts'
import { serviceAt } from './services.ts'
import type { Service } from './services.ts'
import { passListener } from './vpc-endpoint.ts'

/** Whether the gateway is there and attached to the VPC. */
export function passAttachment(
  path: Path,
  model: Model,
  gatewayId: string,
  vpcId: string,
  direction: 'in' | 'out',
): void {
  const attachment = model.internetGateway(gatewayId)?.Attachments?.find((entry) => entry.VpcId === vpcId)
  // EC2 says `available` where the SDK's list of values says `attached`.
  const attached = attachment !== undefined && /^(available|attached)$/.test(attachment.State ?? 'available')
  if (attached) return pass(path, 'internet-gateway', gatewayId, direction, `attached to ${vpcId}`)
  const text = `${gatewayId} is not attached to ${vpcId}`
  block(path, 'internet-gateway', direction, { layer: 'route', code: 'BAD_STATE', component: gatewayId, text })
}

/** A private destination does not leave by an internet gateway. */
export function passPublicDestination(path: Path, gatewayId: string, destination: Ipv4): void {
  const range = privateRange(destination)
  if (!range) return
  const code =
    range === 'RFC6598'
      ? 'IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS'
      : 'IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS'
  const text = `${formatIpv4(destination)} is a private address (${range}); ${gatewayId} drops it`
  block(path, 'internet-gateway', 'out', { layer: 'route', code, component: gatewayId, text })
}

/** Out of the VPC by its internet gateway. */
export function leaveByInternetGateway(
  path: Path,
  model: Model,
  flow: Flow,
  gatewayId: string,
  cause: Cause,
): Arrival | undefined {
  const { from, destination, port } = flow
  passAttachment(path, model, gatewayId, from.subnet.vpc.id, 'out')
  if (from.publicAddress === undefined) {
    const text = `${from.id} has only the private address ${formatIpv4(from.address)}; an internet gateway carries nothing without a public one`
    block(
      path,
      'internet-gateway',
      'out',
      { layer: 'route', code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS', component: gatewayId, text },
      cause,
    )
  }
  passPublicDestination(path, gatewayId, destination)
  const source = from.publicAddress ?? from.address
  arriveInPublic(path, model, source, destination, port, flow.service)
  return { via: 'internet-gateway', sourceIp: formatIpv4(source) }
}

/** On the public internet, at a destination: an AWS service, an interface's public address, or somewhere unknown. */
export function arriveInPublic(
  path: Path,
  model: Model,
  source: Ipv4 | undefined,
  destination: Ipv4,
  port: number,
  named?: Service,
): void {
  const owner = model.publicInterfaceAt(destination)
  if (owner) return enterByInternetGateway(path, model, source, owner, port)
  const service = named ?? serviceAt(destination, model.region, model.ranges)
  if (service) return passListener(path, service.serviceName ?? service.id, service.ports, port)
  pass(path, 'internet', 'internet', 'in', `${formatIpv4(destination)}: what happens there is beyond this model`)
}

/** From the internet to an interface by its public address. */
function enterByInternetGateway(path: Path, model: Model, source: Ipv4 | undefined, to: Interface, port: number): void {
  const { subnet } = to
  if (source === undefined) {
    const text = 'an IPv6 client cannot be walked into a VPC: IPv6 is not built yet'
    return block(path, 'internet', 'in', { layer: 'route', code: 'SP_IPV6_NOT_BUILT', component: 'internet', text })
  }
  if (isNatGateway(to)) {
    const text = `${to.id} belongs to a NAT gateway, which takes no connections from outside`
    return block(path, 'nat-gateway', 'in', {
      layer: 'route',
      code: 'NGW_REQUIRES_SOURCE_IN_VPC',
      component: to.id,
      text,
    })
  }
  const gatewayId = model.internetGatewayOf(subnet.vpc.id)?.InternetGatewayId
  if (gatewayId === undefined) {
    const text = `${subnet.vpc.id} has no internet gateway`
    block(path, 'internet-gateway', 'in', {
      layer: 'route',
      code: 'NO_ROUTE_TO_DESTINATION',
      component: subnet.vpc.id,
      text,
    })
  } else {
    passAttachment(path, model, gatewayId, subnet.vpc.id, 'in')
  }
  passAcl(path, subnet, 'ingress', TCP, source, { from: port, to: port })
  passGroups(path, model, to, 'ingress', { protocol: TCP, port }, source, undefined)
  pass(path, 'interface', to.id, 'in', formatIpv4(to.address))
  passAcl(path, subnet, 'egress', TCP, source, NAT_EPHEMERAL, true)
  const back = lookup(subnet.routes, source)
  const component = subnet.routes.id
  if (back?.target.kind === 'internet-gateway' && !back.blackhole) {
    return pass(path, 'route-table', component, 'out', `replies: ${routeText(back)}`)
  }
  const text = `replies to ${formatIpv4(source)} do not go back by the internet gateway: ${back ? routeText(back) : 'no route'}`
  block(
    path,
    'route-table',
    'out',
    { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component, text },
    { kind: 'uplink', subnet },
  )
}
