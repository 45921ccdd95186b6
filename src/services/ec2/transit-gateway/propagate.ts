import type { TransitGatewayRoute, TransitGatewayRouteTablePropagation } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayRouteTableDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGatewayRouteTables, vpnConnections } from '../gateway-nouns.ts'
import { ipv6Blocks } from '../ipv6.ts'
import { vpcs } from '../nouns.ts'

/** How a route, an association or a propagation names the attachment. */
export function attachmentName(attachment: {
  TransitGatewayAttachmentId: string
  ResourceId: string
  ResourceType: string
}) {
  const { TransitGatewayAttachmentId, ResourceId, ResourceType } = attachment
  return { TransitGatewayAttachmentId, ResourceId, ResourceType: ResourceType as 'vpc' | 'vpn' }
}

/**
 * Renders a table's propagated routes: every block of each attachment that propagates into it; where several have a
 * block, the earliest keeps it; a static route to the same block stands alone
 * (Transit Gateways Guide, "Route evaluation order").
 */
export function renderRoutes(
  estate: Estate,
  table: TransitGatewayRouteTableDocument,
): TransitGatewayRouteTableDocument {
  const statics = table.Routes.filter((route) => route.Type === 'static')
  const taken = new Set(statics.map((route) => route.DestinationCidrBlock))
  const propagated: Shape<TransitGatewayRoute>[] = []
  for (const propagation of table.Propagations) {
    for (const DestinationCidrBlock of blocksOf(estate, propagation)) {
      if (taken.has(DestinationCidrBlock)) continue
      taken.add(DestinationCidrBlock)
      propagated.push({
        DestinationCidrBlock,
        TransitGatewayAttachments: [attachmentName(propagation as Parameters<typeof attachmentName>[0])],
        Type: 'propagated',
        State: 'active',
      })
    }
  }
  return estate.save(transitGatewayRouteTables, { ...table, Routes: [...statics, ...propagated] })
}

function blocksOf(estate: Estate, { ResourceId, ResourceType }: Shape<TransitGatewayRouteTablePropagation>): string[] {
  if (ResourceType === 'vpn') {
    return (estate.find(vpnConnections, ResourceId)?.Routes ?? []).map((route) => route.DestinationCidrBlock!)
  }
  const vpc = estate.find(vpcs, ResourceId)
  return vpc ? [...vpc.CidrBlockAssociationSet.map((one) => one.CidrBlock!), ...ipv6Blocks(vpc)] : []
}

/** The blocks of a VPC (or the routes of a VPN connection) changed: the tables that it propagates into follow. */
export function propagateVpc(estate: Estate, resourceId: string): void {
  if (!estate.list(transitGatewayAttachments).some((one) => one.ResourceId === resourceId)) return
  for (const table of estate.list(transitGatewayRouteTables)) {
    if (table.Propagations.some((one) => one.ResourceId === resourceId)) renderRoutes(estate, table)
  }
}
