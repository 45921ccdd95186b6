/**
 * Route tables: the longest prefix wins; among equal prefixes local, then static CIDR, then prefix list, then propagated
 * (VPC user guide, "Route priority"). Lookup is a Map per prefix length, longest first: a VPC has three to six lengths.
 * Losers are kept, because "a more specific route of yours wins" is an answer that people need.
 */
import type { NetworkDocuments } from './types.ts'
import { formatCidr, mask, mask6, parseBlock } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'

export type RouteTableDocument = NetworkDocuments['RouteTables'][number]
type RouteDocument = NonNullable<RouteTableDocument['Routes']>[number]

/** Where a route leads. `unbuilt` names targets that exist on AWS and are not modelled here. */
export type RouteTarget =
  | { kind: 'local' }
  | {
      kind:
        | 'internet-gateway'
        | 'egress-only-internet-gateway'
        | 'nat-gateway'
        | 'vpc-endpoint'
        | 'vpc-peering-connection'
        | 'transit-gateway'
        | 'virtual-private-gateway'
        | 'interface'
        | 'unbuilt'
      id: string
    }

export interface Route {
  readonly destination: Block
  readonly prefixListId?: string
  readonly target: RouteTarget
  readonly blackhole: boolean
  /** 0 local, 1 static CIDR, 2 prefix list, 3 propagated: lower wins among equal prefixes. */
  readonly priority: number
}

interface SameLength {
  readonly length: number
  /** By base address, best first. */
  readonly routes: ReadonlyMap<Ip, readonly Route[]>
}

export interface CompiledRouteTable {
  readonly id: string
  /** IPv4 prefix lengths in use, longest first. */
  readonly byLength: readonly (SameLength & { readonly mask: number })[]
  /** The same of IPv6. */
  readonly byLength6: readonly (SameLength & { readonly mask: bigint })[]
  readonly routes: readonly Route[]
  /** Whether any route is by a prefix list. */
  readonly hasLists: boolean
}

function target(route: RouteDocument): RouteTarget {
  const { GatewayId: gateway = '', NetworkInterfaceId, InstanceId } = route
  if (gateway === 'local') return { kind: 'local' }
  if (gateway.startsWith('igw-')) return { kind: 'internet-gateway', id: gateway }
  if (gateway.startsWith('vpce-')) return { kind: 'vpc-endpoint', id: gateway }
  if (gateway.startsWith('vgw-')) return { kind: 'virtual-private-gateway', id: gateway }
  if (route.NatGatewayId) return { kind: 'nat-gateway', id: route.NatGatewayId }
  if (route.VpcPeeringConnectionId) return { kind: 'vpc-peering-connection', id: route.VpcPeeringConnectionId }
  if (route.TransitGatewayId) return { kind: 'transit-gateway', id: route.TransitGatewayId }
  if (NetworkInterfaceId) return { kind: 'interface', id: NetworkInterfaceId }
  if (route.EgressOnlyInternetGatewayId)
    return { kind: 'egress-only-internet-gateway', id: route.EgressOnlyInternetGatewayId }
  const others = [gateway || undefined, InstanceId, route.LocalGatewayId, route.CarrierGatewayId, route.CoreNetworkArn]
  return { kind: 'unbuilt', id: others.find((id) => id !== undefined) ?? 'a target without an id' }
}

/** `vpcBlocks`: their local routes always exist, listed or not. An unknown prefix list has no blocks. */
export function compileRouteTable(
  table: RouteTableDocument | undefined,
  vpcBlocks: readonly Block[],
  prefixList: (id: string) => readonly Block[],
): CompiledRouteTable {
  const routes: Route[] = vpcBlocks.map((destination) => ({
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
    const destination = parseBlock(route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? '')
    if (!destination) continue
    const priority = to.kind === 'local' ? 0 : route.Origin === 'EnableVgwRoutePropagation' ? 3 : 1
    routes.push({ destination, target: to, blackhole, priority })
  }
  return {
    id: table?.RouteTableId ?? 'no route table',
    byLength: byLength(routes, 'number').map((same) => ({ ...same, mask: mask(same.length) })),
    byLength6: byLength(routes, 'bigint').map((same) => ({ ...same, mask: mask6(same.length) })),
    routes,
    hasLists: routes.some((route) => route.prefixListId !== undefined),
  }
}

function byLength(routes: readonly Route[], family: 'number' | 'bigint'): SameLength[] {
  const own = routes.filter(({ destination }) => typeof destination.base === family)
  return [...Map.groupBy(own, ({ destination }) => destination.length)]
    .sort(([one], [other]) => other - one)
    .map(([length, list]) => {
      const same = Map.groupBy(list, ({ destination }): Ip => destination.base)
      for (const rivals of same.values()) rivals.sort((one, other) => one.priority - other.priority)
      return { length, routes: same }
    })
}

/** The route that a packet to `address` takes. */
export function lookup(table: CompiledRouteTable, address: Ip): Route | undefined {
  if (typeof address === 'number') {
    for (const { mask, routes } of table.byLength) {
      const found = routes.get((address & mask) >>> 0)
      if (found) return found[0]
    }
    return undefined
  }
  for (const { mask, routes } of table.byLength6) {
    const found = routes.get(address & mask)
    if (found) return found[0]
  }
  return undefined
}

/** Routes that cover `address` and lost to `winner`, most specific first. */
export function losers(table: CompiledRouteTable, address: Ip, winner: Route): Route[] {
  const covering =
    typeof address === 'number'
      ? table.byLength.map(({ mask, routes }) => routes.get((address & mask) >>> 0))
      : table.byLength6.map(({ mask, routes }) => routes.get(address & mask))
  return covering.flatMap((routes) => (routes ?? []).filter((route) => route !== winner))
}

/** A route in words: `0.0.0.0/0 → nat-…`, `pl-63a5400a (54.231.0.0/17) → vpce-…`. */
export function routeText(route: Route): string {
  return texts.get(route) ?? spell(route)
}

const texts = new WeakMap<Route, string>()

function spell(route: Route): string {
  const cidr = formatCidr(route.destination)
  const destination = route.prefixListId ? `${route.prefixListId} (${cidr})` : cidr
  const text = `${destination} → ${route.target.kind === 'local' ? 'local' : route.target.id}${route.blackhole ? ' (blackhole)' : ''}`
  texts.set(route, text)
  return text
}
