import type { Route } from '@aws-sdk/client-ec2'
import { formatCidr, isIpv6 } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { encloses, givenCidr, storedCidr } from '../cidr.ts'
import type { RouteTableDocument } from '../documents.ts'
import { invalidCombination, invalidParameter, invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { encloses6, formatCidr6, givenCidr6, ipv6Blocks, storedCidr6 } from '../ipv6.ts'
import { subnets } from '../nouns.ts'
import { anyPrefixList, weightOf } from '../prefix-list/prefix-lists.ts'

export type Destination = Pick<
  Shape<Route>,
  'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'
>

/** Exactly one of the three, in EC2's spelling. */
export function destinationOf(input: Destination, estate: Estate): Destination {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = input
  const given = [DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId].filter(Boolean)
  if (given.length > 1) throw invalidCombination('Exactly one destination must be specified for a route')
  if (DestinationPrefixListId) {
    return { DestinationPrefixListId: anyPrefixList(estate, DestinationPrefixListId).PrefixListId! }
  }
  if (DestinationIpv6CidrBlock) {
    return {
      DestinationIpv6CidrBlock: formatCidr6(givenCidr6(DestinationIpv6CidrBlock, 'destinationIpv6CidrBlock')),
    }
  }
  if (!DestinationCidrBlock) throw missingParameter('destinationCidrBlock')
  if (isIpv6(DestinationCidrBlock.split('/')[0]!)) givenCidr(DestinationCidrBlock, 'destinationCidrBlock')
  return { DestinationCidrBlock: formatCidr(givenCidr(DestinationCidrBlock, 'destinationCidrBlock')) }
}

export const nameOf = (to: Destination): string =>
  to.DestinationCidrBlock ?? to.DestinationIpv6CidrBlock ?? to.DestinationPrefixListId ?? ''

/** The route that was made for this very destination; a propagated one stands beside it. */
export const routeTo = (table: RouteTableDocument, to: Destination): Shape<Route> | undefined =>
  table.Routes.find(
    (route) =>
      route.Origin !== 'EnableVgwRoutePropagation' &&
      route.DestinationCidrBlock === to.DestinationCidrBlock &&
      route.DestinationIpv6CidrBlock === to.DestinationIpv6CidrBlock &&
      route.DestinationPrefixListId === to.DestinationPrefixListId,
  )

/** Local routes stay; an endpoint's route changes only with the endpoint (facts: network.md "Gateway endpoints"). */
export function changeable(table: RouteTableDocument, to: Destination): Shape<Route> {
  const route = routeTo(table, to)
  if (!route) {
    const kind = to.DestinationPrefixListId
      ? 'destination-prefix-list-id'
      : to.DestinationIpv6CidrBlock
        ? 'destination-ipv6-cidr-block'
        : 'destination-cidr-block'
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with ${kind} ${nameOf(to)} in route table ${table.RouteTableId}`,
    )
  }
  if (route.GatewayId === 'local') {
    throw invalidValue(`cannot remove local route ${nameOf(to)} in route table ${table.RouteTableId}`)
  }
  if (route.GatewayId?.startsWith('vpce-')) {
    // inferred: the sentence (AWS documents that the route can be changed through the endpoint only).
    throw invalidParameter(
      `cannot modify or delete VPC endpoint route ${route.GatewayId} in route table ${table.RouteTableId}`,
    )
  }
  return route
}

/** How much the routes count for: a customer's prefix list as many as it may hold; what is propagated has a quota of its own. */
export function routeCount(estate: Estate, routes: readonly Shape<Route>[]): number {
  return routes
    .filter((route) => route.Origin !== 'EnableVgwRoutePropagation')
    .reduce((sum, { DestinationPrefixListId: list }) => sum + (list ? weightOf(estate, list) : 1), 0)
}

/** Inside the VPC a more specific route must be a whole subnet's and lead to a NAT gateway or interface (facts: network.md "Routing"). */
export function withinLocal(
  estate: Estate,
  table: RouteTableDocument,
  destination: Destination,
  target: Partial<Shape<Route>>,
): void {
  if (!isLocal(table, destination)) return
  const isSubnet = estate
    .list(subnets)
    .some(
      (subnet) =>
        subnet.VpcId === table.VpcId &&
        (subnet.CidrBlock === destination.DestinationCidrBlock ||
          ipv6Blocks(subnet).some((block) => block === destination.DestinationIpv6CidrBlock)),
    )
  if (!isSubnet || !(target.NetworkInterfaceId || target.NatGatewayId)) {
    throw invalidParameter(
      `The destination CIDR block ${nameOf(destination)} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    )
  }
}

/** Whether a local route covers the destination. */
function isLocal(table: RouteTableDocument, to: Destination): boolean {
  const locals = table.Routes.filter((route) => route.GatewayId === 'local')
  if (to.DestinationCidrBlock) {
    const block = storedCidr(to.DestinationCidrBlock)
    return locals.some((one) => one.DestinationCidrBlock && encloses(storedCidr(one.DestinationCidrBlock), block))
  }
  if (!to.DestinationIpv6CidrBlock) return false
  const block = storedCidr6(to.DestinationIpv6CidrBlock)
  return locals.some(
    (one) => one.DestinationIpv6CidrBlock && encloses6(storedCidr6(one.DestinationIpv6CidrBlock), block),
  )
}
