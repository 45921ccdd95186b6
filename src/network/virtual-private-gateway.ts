/**
 * Virtual private gateways: between the interfaces of one VPC and what lies behind its VPN connections, either way. None
 * leads through the VPC to anything else: peers, gateway endpoints, NAT and internet gateways (VPC user guide; AWS
 * PrivateLink guide for gateway endpoints).
 */
import { formatIp } from './addresses.ts'
import { indexed } from './list-index.ts'
import { inside } from './model.ts'
import type { Model, Subnet } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import type { NetworkDocuments } from './types.ts'
import { arriveOnPremises, isUp, liesBehind } from './vpn-connection.ts'
import type { VpnConnectionDocument } from './vpn-connection.ts'
import { arrive } from './walk.ts'
import { passWayBack } from './way-back.ts'

const byId = indexed<NetworkDocuments['VpnGateways'][number]>('VpnGatewayId')

/** The VPC that a virtual private gateway is attached to. */
export function vpcOfGateway({ documents }: Model, id: string): string | undefined {
  const attachments = byId(documents.VpnGateways).get(id)?.VpcAttachments
  return attachments?.find((one) => (one.State ?? 'attached') === 'attached')?.VpcId
}

/** Connections of a virtual private gateway, those that are up first. */
function connectionsOf({ documents }: Model, id: string): VpnConnectionDocument[] {
  return documents.VpnConnections.filter((one) => one.VpnGatewayId === id && one.State !== 'deleted').sort(
    (one, other) => Number(isUp(other)) - Number(isUp(one)),
  )
}

/** Out of a VPC, to somewhere on premises. */
export function leaveByVirtualPrivateGateway(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  id: string,
  cause: Cause,
): Arrival | undefined {
  const refuse = (code: string, text: string): undefined =>
    block(path, 'virtual-private-gateway', 'out', { layer: 'route', code, component: id, text }, cause) as undefined
  if (vpcOfGateway(model, id) !== at.vpc.id) {
    refuse('BAD_STATE', `${id} is not attached to ${at.vpc.id}`)
  } else if (!inside(at.vpc, flow.source)) {
    refuse(
      'GATEWAY_REJECTS_SPOOFED_TRAFFIC',
      `${formatIp(flow.source)} is not an address of ${at.vpc.id}; ${id} takes nothing else out`,
    )
  } else {
    pass(path, 'virtual-private-gateway', id, 'out', `attached to ${at.vpc.id}`)
  }
  const all = connectionsOf(model, id)
  const connection = all.find((one) => liesBehind(one, flow.destination))
  if (!connection) {
    const why = all.length > 0 ? `no VPN connection of ${id} has` : `${id} has no VPN connection with`
    return refuse('NO_ROUTE_TO_DESTINATION', `${why} a route to ${formatIp(flow.destination)}`)
  }
  return arriveOnPremises(path, model, flow, connection, connection.VpnConnectionId ?? '', 'BAD_STATE_VPN')
}

/** From on premises into the VPC of a virtual private gateway. */
export function enterByVirtualPrivateGateway(path: Path, model: Model, flow: Flow, id: string): Arrival | undefined {
  const refuse = (code: string, component: string, text: string): undefined =>
    block(path, 'virtual-private-gateway', 'in', { layer: 'route', code, component, text }) as undefined
  const vpc = model.vpc(vpcOfGateway(model, id))
  if (!vpc) return refuse('BAD_STATE', id, `${id} is attached to no known VPC`)
  if (!inside(vpc, flow.destination)) {
    const text = `${formatIp(flow.destination)} is not an address of ${vpc.id}, and ${id} leads no further: not to peers, gateway endpoints, NAT or internet gateways`
    return refuse('CANNOT_ROUTE', id, text)
  }
  pass(path, 'virtual-private-gateway', id, 'in', `attached to ${vpc.id}`)
  const back = (from: Subnet): void => void passWayBack(path, from, flow.source, { GatewayId: id })
  return arrive(path, model, { ...flow, back }, vpc, true)
}
