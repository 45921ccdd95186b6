/**
 * Internet gateways, both ways, and egress-only ones for IPv6. Out: only interfaces with a public address, and only to
 * public addresses. SageMaker's interfaces never have a public IPv4 address, even in a public subnet, so a route to an
 * internet gateway is of no use to a job.
 */
import { formatIp, privateRange } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { indexed } from './list-index.ts'
import { inside, isNatGateway } from './model.ts'
import type { Interface, Model, Subnet } from './model.ts'
import { NAT_EPHEMERAL } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import { serviceAt } from './services.ts'
import type { Service } from './services.ts'
import { protocolName, TCP, UDP } from './protocol.ts'
import type { InternetView, NetworkDocuments } from './types.ts'
import { passListener } from './vpc-endpoint.ts'
import { arriveAt } from './walk.ts'
import { lookup, routeText } from './route-table.ts'

const egressOnlyById = indexed<NetworkDocuments['EgressOnlyInternetGateways'][number]>('EgressOnlyInternetGatewayId')

type Attachments = NonNullable<NetworkDocuments['InternetGateways'][number]['Attachments']>

/** Whether the gateway is there and attached to the VPC. */
function passAttachment(
  path: Path,
  attachments: Attachments | undefined,
  gatewayId: string,
  vpcId: string,
  direction: 'in' | 'out',
): void {
  const attachment = attachments?.find((entry) => entry.VpcId === vpcId)
  // EC2 says `available` where the SDK's list of values says `attached`.
  const attached = attachment !== undefined && /^(available|attached)$/.test(attachment.State ?? 'available')
  if (attached) return pass(path, 'internet-gateway', gatewayId, direction, `attached to ${vpcId}`)
  const text = `${gatewayId} is not attached to ${vpcId}`
  block(path, 'internet-gateway', direction, { layer: 'route', code: 'BAD_STATE', component: gatewayId, text })
}

/** AWS has no code for ranges beyond RFC 1918 and 6598. */
const PRIVATE_CODES = {
  RFC1918: 'IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS',
  RFC6598: 'IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS',
  RFC4193: 'CANNOT_ROUTE',
  'link-local': 'CANNOT_ROUTE',
} as const

/** A private destination does not leave by an internet gateway. */
function passPublicDestination(path: Path, gatewayId: string, destination: Ip): void {
  const range = privateRange(destination)
  if (!range) return
  const code = PRIVATE_CODES[range]
  const text = `${formatIp(destination)} is a private address (${range}); ${gatewayId} drops it`
  block(path, 'internet-gateway', 'out', { layer: 'route', code, component: gatewayId, text })
}

/** Out of the VPC by its internet gateway, under a public address. */
export function leaveByInternetGateway(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  gatewayId: string,
  cause: Cause,
): Arrival {
  const { destination, natGatewayId } = flow
  passAttachment(path, model.internetGateway(gatewayId)?.Attachments, gatewayId, at.vpc.id, 'out')
  // A public address belongs to an interface of the gateway's own VPC.
  const source = inside(at.vpc, flow.source) ? flow.publicSource : undefined
  if (source === undefined) {
    const who = natGatewayId ? `${natGatewayId} has no elastic address` : `the source has only ${formatIp(flow.source)}`
    const text = `${who}; ${gatewayId} carries nothing without a public address of an interface in ${at.vpc.id}`
    const code = 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'
    block(path, 'internet-gateway', 'out', { layer: 'route', code, component: gatewayId, text }, cause)
  }
  passPublicDestination(path, gatewayId, destination)
  arriveInPublic(path, model, { ...flow, source: source ?? flow.source })
  return { via: natGatewayId ? 'nat-gateway' : 'internet-gateway', sourceIp: formatIp(source ?? flow.source) }
}

/** Out by an egress-only internet gateway: IPv6 that is opened from inside. */
export function leaveByEgressOnlyGateway(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  gatewayId: string,
  cause: Cause,
): Arrival | undefined {
  const gateway = egressOnlyById(model.documents.EgressOnlyInternetGateways).get(gatewayId)
  const refuse = (code: string, text: string): void =>
    block(path, 'egress-only-internet-gateway', 'out', { layer: 'route', code, component: gatewayId, text }, cause)
  if (typeof flow.destination === 'number') {
    refuse('PROTOCOL_RESTRICTION', `${gatewayId} carries IPv6 only`)
    return undefined
  }
  passAttachment(path, gateway?.Attachments, gatewayId, at.vpc.id, 'out')
  if (!inside(at.vpc, flow.source))
    refuse('GATEWAY_REJECTS_SPOOFED_TRAFFIC', `${formatIp(flow.source)} is not an address of ${at.vpc.id}`)
  passPublicDestination(path, gatewayId, flow.destination)
  arriveInPublic(path, model, flow)
  return { via: 'internet-gateway', sourceIp: formatIp(flow.source) }
}

/** On the public internet, at a destination: an AWS service, an interface's public address, or somewhere unknown. */
export function arriveInPublic(path: Path, model: Model, flow: Flow): void {
  const { destination } = flow
  const owner = model.publicInterfaceAt(destination)
  if (owner) return enterByInternetGateway(path, model, flow, owner)
  const service: Service | undefined = flow.service ?? serviceAt(destination, model.region, model.ranges)
  if (service) return passListener(path, service.serviceName ?? service.id, service.ports, flow)
  // Only what leaves a VPC passes the server's list.
  if (model.internet && flow.gateways > 0) return passEgressList(path, model.internet, flow)
  pass(path, 'internet', 'internet', 'in', `${formatIp(destination)}: what happens there is beyond this model`)
}

/** The real internet, which a server opens to its VPCs by a list: ours, not AWS's. */
function passEgressList(path: Path, internet: InternetView, { destination, port, protocol }: Flow): void {
  const address = formatIp(destination)
  if (protocol === TCP && internet.admits(address, port))
    return pass(path, 'internet', 'internet', 'in', `${address}: open by this server's egress list`)
  const what = protocol === TCP || protocol === UDP ? `${protocolName(protocol)} ${port}` : protocolName(protocol)
  const why = protocol === TCP ? 'no entry of --egress-allow has it' : 'it opens TCP alone'
  const text = `${address} ${what} is closed by this server's egress list (${why}), not by anything of AWS`
  block(path, 'internet', 'in', { layer: 'route', code: 'SP_EGRESS_NOT_ALLOWED', component: 'internet', text })
}

/** From the internet to an interface by its public address. */
function enterByInternetGateway(path: Path, model: Model, flow: Flow, to: Interface): void {
  const { vpc } = to.subnet
  if (isNatGateway(to)) {
    const text = `${to.id} belongs to a NAT gateway, which takes no connections from outside`
    const code = 'NGW_REQUIRES_SOURCE_IN_VPC'
    return block(path, 'nat-gateway', 'in', { layer: 'route', code, component: to.id, text })
  }
  const gateway = model.internetGatewayOf(vpc.id)
  const gatewayId = gateway?.InternetGatewayId
  if (gatewayId === undefined) {
    const text = `${vpc.id} has no internet gateway`
    const code = 'NO_ROUTE_TO_DESTINATION'
    block(path, 'internet-gateway', 'in', { layer: 'route', code, component: vpc.id, text })
  } else {
    passAttachment(path, gateway?.Attachments, gatewayId, vpc.id, 'in')
  }
  const destination = typeof flow.destination === 'bigint' ? flow.destination : to.address!
  const { peer, ...stranger } = flow
  const lost = peer && {
    groupIds: peer.groupIds,
    code: 'SG_REFERENCES_NOT_PRESERVED' as const,
    why: 'the source has a public address here',
  }
  const back = (from: Subnet): void => passBackToInternet(path, from, flow.source)
  const inward = { ...stranger, ...(lost && { lost }), destination, replyPorts: NAT_EPHEMERAL, back }
  arriveAt(path, model, inward, to, true)
}

function passBackToInternet(path: Path, subnet: Subnet, source: Ip): void {
  const route = lookup(subnet.routes, source)
  const component = subnet.routes.id
  if (route?.target.kind === 'internet-gateway' && !route.blackhole) {
    return pass(path, 'route-table', component, 'out', `replies: ${routeText(route)}`)
  }
  const found = route ? routeText(route) : 'no route'
  const text = `replies to ${formatIp(source)} do not go back by the internet gateway: ${found}`
  const cause = { kind: 'uplink', subnet, destination: source } as const
  block(path, 'route-table', 'out', { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component, text }, cause)
}
