/**
 * Route tables: the longest prefix wins; among equal prefixes local, then static CIDR, then prefix list, then propagated
 * (VPC user guide, "Route priority"). Lookup is a Map per prefix length, longest first: a VPC has three to six lengths.
 * Losers are kept, because "a more specific route of yours wins" is an answer that people need.
 */
import type { NetworkDocuments } from './types.ts'
import { formatCidr, mask, parseCidr } from './addresses.ts'
import type { Cidr, Ipv4 } from './addresses.ts'

export type RouteTableDocument = NetworkDocuments['RouteTables'][number]
type RouteDocument = NonNullable<RouteTableDocument['Routes']>[number]

/** Where a route leads. `unbuilt` names targets that exist on AWS and are not modelled here. */
export type RouteTarget =
  | { kind: 'local' }
  | { kind: 'internet-gateway' | 'nat-gateway' | 'vpc-endpoint'; id: string }
  | { kind: 'unbuilt'; id: string }

export interface Route {
  readonly destination: Cidr
  readonly prefixListId?: string
  readonly target: RouteTarget
  readonly blackhole: boolean
  /** 0 local, 1 static CIDR, 2 prefix list, 3 propagated: lower wins among equal prefixes. */
  readonly priority: number
}

export interface CompiledRouteTable {
  readonly id: string
  /** Prefix lengths in use, longest first, each with its routes by base address, best first. */
  readonly byLength: readonly { readonly mask: number; readonly routes: ReadonlyMap<Ipv4, readonly Route[]> }[]
  readonly routes: readonly Route[]
}

function target(route: RouteDocument): RouteTarget {
  const gateway = route.GatewayId
  if (gateway === 'local') return { kind: 'local' }
  if (gateway?.startsWith('igw-')) return { kind: 'internet-gateway', id: gateway }
  if (gateway?.startsWith('vpce-')) return { kind: 'vpc-endpoint', id: gateway }
  if (route.NatGatewayId) return { kind: 'nat-gateway', id: route.NatGatewayId }
  const others = [
    gateway,
    route.VpcPeeringConnectionId,
    route.TransitGatewayId,
    route.NetworkInterfaceId,
    route.InstanceId,
    route.EgressOnlyInternetGatewayId,
    route.LocalGatewayId,
    route.CarrierGatewayId,
    route.CoreNetworkArn,
    route.OdbNetworkArn,
  ]
  return { kind: 'unbuilt', id: others.find((id) => id !== undefined) ?? 'a target without an id' }
}

/** `vpcCidrs`: their local routes always exist, listed or not. An unknown prefix list has no blocks. */
export function compileRouteTable(
  table: RouteTableDocument | undefined,
  vpcCidrs: readonly Cidr[],
  prefixList: (id: string) => readonly Cidr[],
): CompiledRouteTable {
  const routes: Route[] = vpcCidrs.map((destination) => ({
    destination,
    target: { kind: 'local' },
    blackhole: false,
    priority: 0,
  }))
  for (const route of table?.Routes ?? []) {
    const to = target(route)
    const blackhole = route.State === 'blackhole'
    const listed = route.DestinationPrefixListId
    if (listed) {
      for (const destination of prefixList(listed)) {
        routes.push({ destination, prefixListId: listed, target: to, blackhole, priority: 2 })
      }
      continue
    }
    const destination = parseCidr(route.DestinationCidrBlock ?? '')
    if (!destination) continue
    const priority = to.kind === 'local' ? 0 : route.Origin === 'EnableVgwRoutePropagation' ? 3 : 1
    routes.push({ destination, target: to, blackhole, priority })
  }
  const lengths = new Map<number, Map<Ipv4, Route[]>>()
  for (const route of routes) {
    const { base, length } = route.destination
    const sameLength = lengths.get(length) ?? new Map<Ipv4, Route[]>()
    lengths.set(length, sameLength)
    const same = sameLength.get(base)
    if (same) same.push(route)
    else sameLength.set(base, [route])
  }
  for (const sameLength of lengths.values()) {
    for (const same of sameLength.values()) same.sort((one, other) => one.priority - other.priority)
  }
  return {
    id: table?.RouteTableId ?? 'no route table',
    byLength: [...lengths]
      .sort(([one], [other]) => other - one)
      .map(([length, sameLength]) => ({ mask: mask(length), routes: sameLength })),
    routes,
  }
}

/** The route that a packet to `address` takes. */
export function lookup(table: CompiledRouteTable, address: Ipv4): Route | undefined {
  for (const { mask, routes } of table.byLength) {
    const found = routes.get((address & mask) >>> 0)
    if (found) return found[0]
  }
  return undefined
}

/** Routes that cover `address` and lost to `winner`, most specific first. */
export function losers(table: CompiledRouteTable, address: Ipv4, winner: Route): Route[] {
  return table.byLength.flatMap(({ mask, routes }) =>
    (routes.get((address & mask) >>> 0) ?? []).filter((route) => route !== winner),
  )
}

/** A route in words: `0.0.0.0/0 → nat-…`, `pl-63a5400a (54.231.0.0/17) → vpce-…`. */
export function routeText(route: Route): string {
  const cidr = formatCidr(route.destination)
  const destination = route.prefixListId ? `${route.prefixListId} (${cidr})` : cidr
  return `${destination} → ${route.target.kind === 'local' ? 'local' : route.target.id}${route.blackhole ? ' (blackhole)' : ''}`
}
