/**
 * Transit gateways. A VPC's packets enter by its attachment, if that has a subnet in their Availability Zone; the route
 * table that the attachment is associated with leads to another attachment: a VPC's, where the table of the attachment's
 * subnet leads on, or a VPN connection's. Replies come the same way back (Transit Gateways guide, "How transit gateways
 * work"; for ACLs "Network ACLs with transit gateways").
 */
import { formatIp } from './addresses.ts'
import { passAcl } from './filters.ts'
import type { Model, Subnet } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, LostGroups, Path } from './path.ts'
import { attachmentById, attachmentOfVpc, isUsable, standsIn } from './transit-attachments.ts'
import type { Attachment } from './transit-attachments.ts'
import { lookupTransit, tableOf, transitGatewayById } from './transit-routes.ts'
import { arriveOnPremises, connectionById } from './vpn-connection.ts'
import { forward } from './walk.ts'
import { passWayBack } from './way-back.ts'

/** From a VPC's subnet, whose route leads to the transit gateway. */
export function enterTransitGateway(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  transitGatewayId: string,
  cause: Cause,
): Arrival | undefined {
  const attachment = attachmentOfVpc(model, transitGatewayId, at.vpc.id)
  if (!attachment) {
    const text = `${at.vpc.id} is not attached to ${transitGatewayId}`
    refuse(path, transitGatewayId, 'BAD_STATE_ATTACHMENT', text, cause)
    return undefined
  }
  const stand = passAttachment(path, model, attachment, at, flow)
  const { port, protocol, source } = flow
  if (stand && stand.id !== at.id)
    passAcl(path, stand, 'ingress', protocol, source, { from: port, to: port }, false, true)
  const arrival = crossTransitGateway(path, model, flow, attachment, at)
  if (stand && stand.id !== at.id) passAcl(path, stand, 'egress', protocol, source, flow.replyPorts, true, true)
  return arrival
}

function refuse(path: Path, component: string, code: string, text: string, cause?: Cause): void {
  block(path, 'transit-gateway', 'out', { layer: 'route', code, component, text }, cause)
}

/** Whether an attachment carries packets to and from a subnet's zone; answers its own subnet there. */
function passAttachment(
  path: Path,
  model: Model,
  attachment: Attachment,
  at: Subnet,
  { destination }: Flow,
): Subnet | undefined {
  const { id } = attachment
  if (!isUsable(attachment)) {
    refuse(path, id, 'BAD_STATE_ATTACHMENT', `${id} is ${attachment.state}, not available`)
  }
  if (typeof destination === 'bigint' && attachment.options?.Ipv6Support !== 'enable')
    refuse(path, id, 'PROTOCOL_RESTRICTION', `${id} does not support IPv6`)
  const stand = standsIn(model, attachment, at.zone)
  if (stand) {
    pass(path, 'transit-gateway', id, 'out', `in ${stand.id}, for ${at.zone}`)
    return stand
  }
  const text = `${id} has no subnet in ${at.zone}, the Availability Zone of ${at.id}`
  const cause = { kind: 'attachment-zone', attachmentId: id, subnet: at } as const
  refuse(path, id, 'TGW_ATTACH_VPC_AZ_RESTRICTION', text, cause)
  return undefined
}

/** The attachment that the gateway's own routes lead to, for what came in by another one. */
function passTransitRoute(
  path: Path,
  model: Model,
  from: Attachment,
  destination: Flow['destination'],
  wanted?: Attachment,
): Attachment | undefined {
  const { id, transitGatewayId } = from
  const table = tableOf(model, from)
  const reply = wanted ? 'replies: ' : ''
  if (!table) {
    const text = `${reply}${id} is not associated with a route table of ${transitGatewayId}`
    refuse(path, id, 'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION', text)
    return undefined
  }
  const cause = {
    kind: 'transit-route',
    tableId: table.id,
    destination,
    transitGatewayId,
    ...(wanted && { attachmentId: wanted.id }),
  } as const
  const route = lookupTransit(table, destination)
  const no = (code: string, text: string): void => refuse(path, table.id, code, reply + text, cause)
  if (!route) {
    no('TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT', `${table.id} has no route to ${formatIp(destination)}`)
  } else if (route.blackhole) {
    no('TGW_RTB_BAD_STATE_ROUTE', `${route.text} drops everything`)
  } else if (wanted && route.attachmentId !== wanted.id) {
    no('TGW_RTB_CANNOT_ROUTE', `${route.text} does not lead back to ${wanted.id}`)
  } else {
    const attachment = attachmentById(model, route.attachmentId)
    if (attachment) {
      pass(path, 'transit-gateway', table.id, 'out', reply + route.text)
      return attachment
    }
    no('TGW_RTB_CANNOT_ROUTE', `${route.text}: that attachment is not among the documents`)
  }
  return undefined
}

/** Through the gateway from an attachment to wherever its routes lead. `at`: the subnet it came from, if from a VPC. */
export function crossTransitGateway(
  path: Path,
  model: Model,
  flow: Flow,
  from: Attachment,
  at: Subnet | undefined,
): Arrival | undefined {
  const to = passTransitRoute(path, model, from, flow.destination)
  if (!to) return undefined
  if (!isUsable(to)) refuse(path, to.id, 'BAD_STATE_ATTACHMENT', `${to.id} is ${to.state}, not available`)
  if (to.resourceType === 'vpn') {
    const connection = connectionById(model, to.resourceId)
    const code = 'TGW_BAD_STATE_VPN'
    const arrival = arriveOnPremises(path, model, flow, connection, to.resourceId, code)
    passTransitRoute(path, model, to, flow.source, from)
    return arrival
  }
  const stand = to.resourceType === 'vpc' ? (standsIn(model, to, at?.zone) ?? standsIn(model, to)) : undefined
  if (!stand) {
    const text = `${to.id} leads to ${to.resourceType} ${to.resourceId}, beyond what the documents tell`
    refuse(path, to.id, 'TGW_RTB_CANNOT_ROUTE', text)
    return undefined
  }
  if (typeof flow.destination === 'bigint' && to.options?.Ipv6Support !== 'enable')
    refuse(path, to.id, 'PROTOCOL_RESTRICTION', `${to.id} does not support IPv6`)
  pass(path, 'transit-gateway', to.id, 'in', `into ${stand.vpc.id}, in ${stand.id}`)
  const { transitGatewayId } = from
  const back = (end: Subnet): void => {
    if (!passWayBack(path, end, flow.source, { TransitGatewayId: transitGatewayId })) return
    passAttachment(path, model, to, end, flow)
    passTransitRoute(path, model, to, flow.source, from)
    if (at) flow.back?.(at)
  }
  const cause = { kind: 'uplink', subnet: stand, destination: flow.destination } as const
  return forward(path, model, { ...recognised(model, flow, from, to), transitGatewayId, back }, stand, cause)
}

/**
 * Groups of another VPC count in inbound rules, if the gateway and both attachments support it (Transit Gateways guide,
 * "Security group referencing"). It is off by default for a gateway, on for an attachment.
 */
function recognised(model: Model, flow: Flow, from: Attachment, to: Attachment): Flow {
  const { peer, ...rest } = flow
  if (!peer) return flow
  const gateway = transitGatewayById(model, from.transitGatewayId)
  const supported =
    gateway?.Options?.SecurityGroupReferencingSupport === 'enable' &&
    [from, to].every(({ options }) => (options?.SecurityGroupReferencingSupport ?? 'enable') === 'enable')
  if (supported) return flow
  const lost: LostGroups = {
    groupIds: peer.groupIds,
    code: 'SG_REFERENCING_SUPPORT',
    why: `security group referencing is off for ${from.transitGatewayId} or its attachments`,
  }
  return { ...rest, lost }
}
