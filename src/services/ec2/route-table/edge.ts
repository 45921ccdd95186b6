import type { Need } from '../../../door/call.ts'
import { encloses, storedCidr } from '../cidr.ts'
import type { RouteTableDocument } from '../documents.ts'
import { invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { vpnGateways } from '../gateway-nouns.ts'
import { encloses6, storedCidr6 } from '../ipv6.ts'
import { on } from '../needs.ts'
import { internetGateways, subnets } from '../nouns.ts'

/** The check on the gateway or subnet that a table is associated with. */
export function onAssociated(
  estate: Estate,
  operation: string,
  whom: { SubnetId?: string | undefined; GatewayId?: string | undefined },
): Need[] {
  if (whom.SubnetId) return [on(estate, operation, subnets, whom.SubnetId)]
  if (whom.GatewayId?.startsWith('vgw-')) return [on(estate, operation, vpnGateways, whom.GatewayId)]
  return whom.GatewayId ? [on(estate, operation, internetGateways, whom.GatewayId)] : []
}

/** VPCs that an internet gateway or virtual private gateway is attached to. */
export function attachedVpcs(estate: Estate, gatewayId: string): (string | undefined)[] {
  return gatewayId.startsWith('vgw-')
    ? estate.get(vpnGateways, gatewayId).VpcAttachments.map((one) => one.VpcId)
    : estate.get(internetGateways, gatewayId).Attachments.map((one) => one.VpcId)
}

type Route = RouteTableDocument['Routes'][number]

/**
 * A gateway's table steers what comes in: to interfaces of its own VPC only, and nothing is propagated into it
 * (VPC User Guide, "Gateway route tables"). inferred: the sentences.
 */
export function fitForGateway(table: RouteTableDocument): void {
  const { RouteTableId } = table
  if ((table.PropagatingVgws ?? []).length > 0) {
    throw invalidValue(`route table ${RouteTableId} has route propagation and cannot be associated with a gateway`)
  }
  const locals = table.Routes.filter((route) => route.GatewayId === 'local')
  for (const route of table.Routes) {
    if (route.GatewayId === 'local') continue
    if (!route.NetworkInterfaceId || !locals.some((local) => covers(local, route))) {
      const destination =
        route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? ''
      throw invalidValue(
        `route table ${RouteTableId} has the route ${destination}, which a table that is associated with a gateway cannot have`,
      )
    }
  }
}

function covers(local: Route, route: Route): boolean {
  if (local.DestinationCidrBlock && route.DestinationCidrBlock) {
    return encloses(storedCidr(local.DestinationCidrBlock), storedCidr(route.DestinationCidrBlock))
  }
  if (!local.DestinationIpv6CidrBlock || !route.DestinationIpv6CidrBlock) return false
  return encloses6(storedCidr6(local.DestinationIpv6CidrBlock), storedCidr6(route.DestinationIpv6CidrBlock))
}

export const isGatewayTable = (table: RouteTableDocument): boolean =>
  table.Associations.some((one) => one.GatewayId !== undefined)

/** A gateway that goes takes its association with it. */
export function dropGatewayAssociation(table: RouteTableDocument, gatewayId: string): RouteTableDocument {
  return { ...table, Associations: table.Associations.filter((one) => one.GatewayId !== gatewayId) }
}
