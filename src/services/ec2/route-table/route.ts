import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route,
} from '@aws-sdk/client-ec2'
import { formatCidr, isIpv6 } from '../../../network/addresses.ts'
import { awsPrefixLists } from '../../../network/services.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { encloses, givenCidr, storedCidr } from '../cidr.ts'
import type { RouteTableDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidParameter, invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { on } from '../needs.ts'
import { internetGateways, natGateways, networkInterfaces, routeTables, subnets } from '../nouns.ts'
import { within } from '../quotas.ts'

type Input = Pick<
  Shape<CreateRouteRequest>,
  | 'RouteTableId'
  | 'DestinationCidrBlock'
  | 'DestinationIpv6CidrBlock'
  | 'DestinationPrefixListId'
  | 'GatewayId'
  | 'NatGatewayId'
  | 'NetworkInterfaceId'
>

export const createRoute = ec2Operation<CreateRouteRequest, CreateRouteResult>('CreateRoute', {
  needs: (input, estate) => [on(estate, 'CreateRoute', routeTables, input.RouteTableId)],
  perform(input, estate) {
    const table = estate.get(routeTables, input.RouteTableId)
    const destination = destinationOf(input, estate)
    const target = targetOf(input, estate, table)
    const existing = routeTo(table, destination)
    if (existing && JSON.stringify(targetIn(existing)) === JSON.stringify(target)) return { Return: true }
    if (existing?.DestinationPrefixListId) throw prefixListTaken(table, existing.DestinationPrefixListId)
    if (existing) {
      const name = destination.DestinationCidrBlock
      throw new AwsError('RouteAlreadyExists', `The route identified by ${name} already exists.`)
    }
    withinLocal(estate, table, destination.DestinationCidrBlock, target)
    within('routesPerTable', table.Routes.length + 1)
    const added = { ...destination, ...target, Origin: 'CreateRoute' as const, State: 'active' as const }
    estate.save(routeTables, { ...table, Routes: [...table.Routes, added] })
    return { Return: true }
  },
})

export const replaceRoute = ec2Operation<ReplaceRouteRequest, object>('ReplaceRoute', {
  needs: (input, estate) => [on(estate, 'ReplaceRoute', routeTables, input.RouteTableId)],
  perform(input, estate) {
    const table = estate.get(routeTables, input.RouteTableId)
    const destination = destinationOf(input, estate)
    const old = changeable(table, destination)
    const target = targetOf(input, estate, table)
    const replaced = { ...destination, ...target, Origin: 'CreateRoute' as const, State: 'active' as const }
    estate.save(routeTables, { ...table, Routes: table.Routes.map((route) => (route === old ? replaced : route)) })
    return {}
  },
})

export const deleteRoute = ec2Operation<DeleteRouteRequest, object>('DeleteRoute', {
  needs: (input, estate) => [on(estate, 'DeleteRoute', routeTables, input.RouteTableId)],
  perform(input, estate) {
    const table = estate.get(routeTables, input.RouteTableId)
    const old = changeable(table, destinationOf(input, estate))
    estate.save(routeTables, { ...table, Routes: table.Routes.filter((route) => route !== old) })
    return {}
  },
})

/** What a second route to the same AWS prefix list is answered (facts: errors.md A6). */
export function prefixListTaken(table: RouteTableDocument, prefixListId: string): AwsError {
  return new AwsError(
    'RouteAlreadyExists',
    `route table ${table.RouteTableId} already has a route with destination-prefix-list-id ${prefixListId}`,
  )
}

type Destination = Pick<Shape<Route>, 'DestinationCidrBlock' | 'DestinationPrefixListId'>

function destinationOf(input: Input, estate: Estate): Destination {
  if (input.DestinationIpv6CidrBlock) throw invalidParameter('IPv6 routes are not supported')
  if (input.DestinationPrefixListId) {
    const id = input.DestinationPrefixListId
    if (!awsPrefixLists(estate.region).some((list) => list.PrefixListId === id)) {
      throw new AwsError('InvalidPrefixListID.NotFound', `The prefixList ID '${id}' does not exist`)
    }
    return { DestinationPrefixListId: id }
  }
  if (!input.DestinationCidrBlock) throw missingParameter('destinationCidrBlock')
  if (isIpv6(input.DestinationCidrBlock)) throw invalidParameter('IPv6 routes are not supported')
  return { DestinationCidrBlock: formatCidr(givenCidr(input.DestinationCidrBlock, 'destinationCidrBlock')) }
}

type Target = Pick<Shape<Route>, 'GatewayId' | 'NatGatewayId' | 'NetworkInterfaceId'>

const targetIn = ({ GatewayId, NatGatewayId, NetworkInterfaceId }: Target): Target => ({
  ...(GatewayId ? { GatewayId } : {}),
  ...(NatGatewayId ? { NatGatewayId } : {}),
  ...(NetworkInterfaceId ? { NetworkInterfaceId } : {}),
})

/** Exactly one target, in the table's own VPC. Targets that this server does not have (peering, transit, VPN) are refused. */
function targetOf(input: Input, estate: Estate, table: RouteTableDocument): Target {
  const target = targetIn(input)
  if (Object.keys(target).length > 1) {
    throw invalidCombination('Exactly one target must be specified for a route')
  }
  const { GatewayId, NatGatewayId, NetworkInterfaceId } = target
  if (GatewayId?.startsWith('vpce-')) {
    throw invalidValue(
      `route table ${table.RouteTableId} and network gateway ${GatewayId} belong to different networks`,
    )
  }
  if (GatewayId && GatewayId !== 'local') {
    const gateway = GatewayId.startsWith('igw-')
      ? estate.get(internetGateways, GatewayId)
      : refuse(new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${GatewayId}' does not exist`))
    if (!gateway.Attachments.some((one) => one.VpcId === table.VpcId)) {
      throw invalidValue(
        `route table ${table.RouteTableId} and network gateway ${GatewayId} belong to different networks`,
      )
    }
  } else if (NatGatewayId) {
    const gateway = estate.get(natGateways, NatGatewayId)
    if (gateway.State === 'deleted' || gateway.VpcId !== table.VpcId) throw natGateways.notFound(NatGatewayId)
  } else if (NetworkInterfaceId) {
    if (estate.get(networkInterfaces, NetworkInterfaceId).VpcId !== table.VpcId) {
      throw invalidValue(
        `route table ${table.RouteTableId} and interface ${NetworkInterfaceId} belong to different networks`,
      )
    }
  } else if (!GatewayId) {
    throw missingParameter('gatewayId')
  }
  return target
}

function refuse(error: AwsError): never {
  throw error
}

const routeTo = (table: RouteTableDocument, to: Destination) =>
  table.Routes.find(
    (route) =>
      route.DestinationCidrBlock === to.DestinationCidrBlock &&
      route.DestinationPrefixListId === to.DestinationPrefixListId,
  )

/** Local routes stay; an endpoint's route changes only with the endpoint (facts: network.md "Gateway endpoints"). */
function changeable(table: RouteTableDocument, to: Destination): Shape<Route> {
  const route = routeTo(table, to)
  if (!route) {
    const name = to.DestinationPrefixListId
      ? `destination-prefix-list-id ${to.DestinationPrefixListId}`
      : `destination-cidr-block ${to.DestinationCidrBlock}`
    throw new AwsError('InvalidRoute.NotFound', `no route with ${name} in route table ${table.RouteTableId}`)
  }
  if (route.GatewayId === 'local') {
    throw invalidValue(`cannot remove local route ${to.DestinationCidrBlock} in route table ${table.RouteTableId}`)
  }
  if (route.GatewayId?.startsWith('vpce-')) {
    // inferred: the sentence (AWS documents that the route can be changed through the endpoint only).
    throw invalidParameter(
      `cannot modify or delete VPC endpoint route ${route.GatewayId} in route table ${table.RouteTableId}`,
    )
  }
  return route
}

/** Inside the VPC a more specific route must be a whole subnet's and lead to a NAT gateway or interface (facts: network.md "Routing"). */
function withinLocal(estate: Estate, table: RouteTableDocument, destination: string | undefined, target: Target): void {
  if (!destination) return
  const block = storedCidr(destination)
  const locals = table.Routes.filter((route) => route.GatewayId === 'local').map((route) =>
    storedCidr(route.DestinationCidrBlock!),
  )
  if (!locals.some((local) => encloses(local, block))) return
  const isSubnet = estate
    .list(subnets)
    .some((subnet) => subnet.VpcId === table.VpcId && subnet.CidrBlock === destination)
  if (!isSubnet || target.GatewayId) {
    throw invalidParameter(
      `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    )
  }
}
