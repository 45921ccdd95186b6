import type { Estate } from '../estate.ts'
import type { VpnConnectionDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGateways, vpnGateways } from '../gateway-nouns.ts'
import { propagateVgw } from '../route-table/vgw-route-propagation.ts'
import { joinDefaultTables, leaveTables } from '../transit-gateway/associate.ts'
import { propagateVpc } from '../transit-gateway/propagate.ts'

interface Side {
  VpnGatewayId?: string
  TransitGatewayId?: string
}

export function amazonAsn(estate: Estate, side: Side): number {
  const gateway = estate.find(vpnGateways, side.VpnGatewayId)
  return gateway?.AmazonSideAsn ?? estate.find(transitGateways, side.TransitGatewayId)?.Options.AmazonSideAsn ?? 64512
}

/** Routes of the connection reach the tables; with a transit gateway it is an attachment. */
export function joinGateway(estate: Estate, connection: VpnConnectionDocument): void {
  const { TransitGatewayId, VpnConnectionId } = connection
  if (!TransitGatewayId) return tell(estate, connection)
  const gateway = estate.get(transitGateways, TransitGatewayId)
  const attachment = estate.save(transitGatewayAttachments, {
    TransitGatewayAttachmentId: estate.mint(transitGatewayAttachments.prefix),
    TransitGatewayId,
    TransitGatewayOwnerId: gateway.OwnerId,
    ResourceOwnerId: estate.account,
    ResourceType: 'vpn',
    ResourceId: VpnConnectionId,
    State: 'available',
    CreationTime: estate.now,
    Tags: [],
  })
  joinDefaultTables(estate, gateway, attachment)
}

/** The connection's static routes changed. */
export function tell(estate: Estate, connection: VpnConnectionDocument): void {
  if (connection.VpnGatewayId) propagateVgw(estate, connection.VpnGatewayId)
  else propagateVpc(estate, connection.VpnConnectionId)
}

export function leaveGateway(estate: Estate, connection: VpnConnectionDocument): void {
  if (connection.VpnGatewayId) return propagateVgw(estate, connection.VpnGatewayId)
  for (const attachment of estate.list(transitGatewayAttachments)) {
    if (attachment.ResourceId !== connection.VpnConnectionId) continue
    estate.remove(transitGatewayAttachments, attachment.TransitGatewayAttachmentId)
    leaveTables(estate, attachment.TransitGatewayAttachmentId)
  }
}
