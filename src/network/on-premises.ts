/**
 * A client on premises: a host behind a VPN connection or a virtual private gateway. It asks public DNS, so the private
 * names of endpoints are unknown to it, and reaches interfaces of the VPC, endpoints' among them, by their addresses.
 */
import { formatIp, privateRange } from './addresses.ts'
import { inside } from './model.ts'
import type { Model } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Flow, Path } from './path.ts'
import { attachmentOfConnection, vpcsOfTransitGateway } from './transit-attachments.ts'
import { crossTransitGateway } from './transit-gateway.ts'
import { enterByVirtualPrivateGateway, vpcOfGateway } from './virtual-private-gateway.ts'
import { connectionById, liesBehind, passTunnels } from './vpn-connection.ts'
import { indexed } from './list-index.ts'
import type { NetworkDocuments } from './types.ts'

/** A host on premises, where an interface's id is asked for: `vpn-…:192.168.1.7`, `vgw-…:192.168.1.7`. */
export function hostOnPremises(id: string): { gatewayId: string; ip: string } | undefined {
  if (!id.startsWith('v')) return undefined
  const [, gatewayId, ip] = /^(v(?:pn|gw)-[^:]+):(.+)$/.exec(id) ?? []
  return gatewayId === undefined || ip === undefined ? undefined : { gatewayId, ip }
}

/** VPCs that a gateway of a network on premises may lead to, in the order in which it does. */
export function vpcsBehind(model: Model, gatewayId: string): string[] {
  if (gatewaysById(model.documents.VpnGateways).has(gatewayId)) return [vpcOfGateway(model, gatewayId) ?? []].flat()
  const connection = connectionById(model, gatewayId)
  if (connection?.VpnGatewayId) return [vpcOfGateway(model, connection.VpnGatewayId) ?? []].flat()
  return connection?.TransitGatewayId ? vpcsOfTransitGateway(model, connection.TransitGatewayId) : []
}

const gatewaysById = indexed<NetworkDocuments['VpnGateways'][number]>('VpnGatewayId')

/** From on premises to an address. `gatewayId`: `vpn-…`, or `vgw-…` for whatever feeds that gateway. */
export function comeFromOnPremises(path: Path, model: Model, flow: Flow, gatewayId: string): Arrival | undefined {
  const refuse = (code: string, component: string, text: string): undefined =>
    block(path, 'on-premises', 'out', { layer: 'route', code, component, text }) as undefined
  const { destination, source } = flow
  pass(path, 'on-premises', 'on-premises', 'out', `${formatIp(source)} behind ${gatewayId}`)
  if (!isKnownAddress(model, flow) && privateRange(destination) === undefined) {
    const text = `${formatIp(destination)} is a public address: ${gatewayId} does not lead there, and by which other way a network on premises reaches the internet is beyond this model`
    return refuse('NO_ROUTE_TO_DESTINATION', gatewayId, text)
  }
  if (gatewaysById(model.documents.VpnGateways).has(gatewayId)) {
    return enterByVirtualPrivateGateway(path, model, flow, gatewayId)
  }
  const connection = connectionById(model, gatewayId)
  if (!connection) return refuse('UNKNOWN_RESOURCE', gatewayId, `${gatewayId} is not among the documents`)
  const { TransitGatewayId, VpnGatewayId } = connection
  passTunnels(path, connection, gatewayId, 'in', TransitGatewayId ? 'TGW_BAD_STATE_VPN' : 'BAD_STATE_VPN')
  if (!liesBehind(connection, source)) {
    const text = `replies: ${gatewayId} has no static route to ${formatIp(source)}`
    refuse('NO_ROUTE_TO_DESTINATION', gatewayId, text)
  }
  if (VpnGatewayId) return enterByVirtualPrivateGateway(path, model, flow, VpnGatewayId)
  const attachment = attachmentOfConnection(model, gatewayId)
  if (attachment) return crossTransitGateway(path, model, flow, attachment, undefined)
  return refuse('BAD_STATE_ATTACHMENT', gatewayId, `${gatewayId} is attached to no gateway`)
}

/** Blocks of VPCs may be of public addresses, of IPv6 they always are. */
function isKnownAddress({ documents, vpc }: Model, { destination }: Flow): boolean {
  return documents.Vpcs.some(({ VpcId }) => {
    const known = vpc(VpcId)
    return known !== undefined && inside(known, destination)
  })
}
