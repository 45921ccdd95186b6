import type { DisableVgwRoutePropagationRequest, EnableVgwRoutePropagationRequest, Route } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { RouteTableDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { vpnConnections, vpnGateways } from '../gateway-nouns.ts'
import { on } from '../needs.ts'
import { routeTables } from '../nouns.ts'
import { within } from '../quotas.ts'
import { isGatewayTable } from './edge.ts'

const needsOf = (operation: string) => (input: { RouteTableId?: string; GatewayId?: string }, estate: Estate) => [
  on(estate, operation, routeTables, input.RouteTableId),
  on(estate, operation, vpnGateways, input.GatewayId),
]

/** From then on the table follows what the gateway's VPN connections have routes to. */
export const enableVgwRoutePropagation = ec2Operation<EnableVgwRoutePropagationRequest, object>(
  'EnableVgwRoutePropagation',
  {
    needs: needsOf('EnableVgwRoutePropagation'),
    perform(input, estate) {
      const table = estate.get(routeTables, input.RouteTableId)
      const { VpnGatewayId, VpcAttachments } = estate.get(vpnGateways, input.GatewayId)
      if (!VpcAttachments.some((one) => one.VpcId === table.VpcId)) {
        throw new AwsError('Gateway.NotAttached', `resource ${VpnGatewayId} is not attached to network ${table.VpcId}`)
      }
      if (isGatewayTable(table)) {
        throw invalidValue(`route table ${table.RouteTableId} is associated with a gateway and cannot have propagation`)
      }
      const old = (table.PropagatingVgws ?? []).filter((one) => one.GatewayId !== VpnGatewayId)
      follow(estate, { ...table, PropagatingVgws: [...old, { GatewayId: VpnGatewayId }] })
      return {}
    },
  },
)

export const disableVgwRoutePropagation = ec2Operation<DisableVgwRoutePropagationRequest, object>(
  'DisableVgwRoutePropagation',
  {
    needs: needsOf('DisableVgwRoutePropagation'),
    perform(input, estate) {
      const table = estate.get(routeTables, input.RouteTableId)
      const { VpnGatewayId } = estate.get(vpnGateways, input.GatewayId)
      const PropagatingVgws = (table.PropagatingVgws ?? []).filter((one) => one.GatewayId !== VpnGatewayId)
      follow(estate, { ...table, PropagatingVgws })
      return {}
    },
  },
)

/** The gateway's connections, their routes or its attachment changed. */
export function propagateVgw(estate: Estate, vpnGatewayId: string): void {
  for (const table of estate.list(routeTables)) {
    if ((table.PropagatingVgws ?? []).some((one) => one.GatewayId === vpnGatewayId)) follow(estate, table)
  }
}

/** The gateway left the VPC. */
export function stopPropagation(estate: Estate, vpnGatewayId: string): void {
  for (const table of estate.list(routeTables)) {
    const PropagatingVgws = (table.PropagatingVgws ?? []).filter((one) => one.GatewayId !== vpnGatewayId)
    if (PropagatingVgws.length !== (table.PropagatingVgws ?? []).length) follow(estate, { ...table, PropagatingVgws })
  }
}

/** Renders the propagated routes: each block once; what is local or made by hand for the same block wins and stands. */
function follow(estate: Estate, table: RouteTableDocument): void {
  const kept = table.Routes.filter((route) => route.Origin !== 'EnableVgwRoutePropagation')
  const locals = new Set(kept.filter((one) => one.GatewayId === 'local').map((one) => one.DestinationCidrBlock))
  const seen = new Set<string>()
  const propagated: Shape<Route>[] = []
  for (const { GatewayId } of table.PropagatingVgws ?? []) {
    for (const DestinationCidrBlock of learned(estate, GatewayId!)) {
      if (locals.has(DestinationCidrBlock) || seen.has(DestinationCidrBlock)) continue
      seen.add(DestinationCidrBlock)
      propagated.push({
        DestinationCidrBlock,
        GatewayId: GatewayId!,
        Origin: 'EnableVgwRoutePropagation',
        State: 'active',
      })
    }
  }
  within('propagatedRoutesPerTable', propagated.length)
  estate.save(routeTables, { ...table, Routes: [...kept, ...propagated] })
}

/** What a gateway's living connections have static routes to; BGP has nobody to learn from here. */
function learned(estate: Estate, vpnGatewayId: string): string[] {
  return estate
    .list(vpnConnections)
    .filter((connection) => connection.VpnGatewayId === vpnGatewayId && connection.State === 'available')
    .flatMap((connection) => connection.Routes.map((route) => route.DestinationCidrBlock!))
}
