import type { NetworkDocuments } from '../network/types.ts'
import type { Names } from './names.ts'
import type { GraphRoute } from './types.ts'

type RouteTable = NetworkDocuments['RouteTables'][number]
type Route = NonNullable<RouteTable['Routes']>[number]

/** What a route leads to: the id that EC2 prints under one of many names. */
export function targetOf(route: Route): string {
  return (
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.NetworkInterfaceId ??
    route.GatewayId ??
    route.InstanceId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    'nothing'
  )
}

/** The routes of a table, local ones first, as they are told to people. */
export function routesOf(table: RouteTable, names: Names): GraphRoute[] {
  const shown = (table.Routes ?? []).map((route): GraphRoute => {
    const list = route.DestinationPrefixListId
    const name = list && names.get(list)?.replace(/^com\.amazonaws\.[^.]+\./, '')
    return {
      destination:
        route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? (name ? `${list} (${name})` : (list ?? '?')),
      target: targetOf(route),
      state: route.State === 'blackhole' ? 'blackhole' : 'active',
    }
  })
  const isLocal = ({ target }: GraphRoute): boolean => target === 'local'
  return [...shown.filter(isLocal), ...shown.filter((route) => !isLocal(route))]
}
