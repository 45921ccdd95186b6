import type {
  CreateTransitGatewayRouteRequest,
  CreateTransitGatewayRouteResult,
  DeleteTransitGatewayRouteRequest,
  DeleteTransitGatewayRouteResult,
  ReplaceTransitGatewayRouteRequest,
  ReplaceTransitGatewayRouteResult,
  TransitGatewayRoute,
} from '@aws-sdk/client-ec2'
import type { Need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayRouteTableDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGatewayRouteTables } from '../gateway-nouns.ts'
import { canonicalBlock } from '../ipv6.ts'
import { on } from '../needs.ts'
import { within } from '../quotas.ts'
import { attachmentName, renderRoutes } from './propagate.ts'
import { bothOf } from './transit-gateway-association.ts'

interface Input {
  DestinationCidrBlock: string
  TransitGatewayRouteTableId: string
  TransitGatewayAttachmentId?: string
  Blackhole?: boolean
}

const needsOf =
  (operation: string) =>
  (input: Partial<Input>, estate: Estate): Need[] => [
    on(estate, operation, transitGatewayRouteTables, input.TransitGatewayRouteTableId),
    ...(input.TransitGatewayAttachmentId
      ? [on(estate, operation, transitGatewayAttachments, input.TransitGatewayAttachmentId)]
      : []),
  ]

/** A static route; a propagated one to the same block steps back. */
export const createTransitGatewayRoute = ec2Operation<
  CreateTransitGatewayRouteRequest,
  CreateTransitGatewayRouteResult
>('CreateTransitGatewayRoute', {
  needs: needsOf('CreateTransitGatewayRoute'),
  perform(input, estate) {
    const { table, route } = routeIn(estate, input)
    if (staticTo(table, route.DestinationCidrBlock!)) {
      throw new AwsError(
        'RouteAlreadyExists',
        `Route ${route.DestinationCidrBlock} already exists in Transit Gateway Route Table ${table.TransitGatewayRouteTableId}.`,
      )
    }
    within('transitGatewayRoutes', staticCount(estate, table.TransitGatewayId) + 1)
    renderRoutes(estate, { ...table, Routes: [...table.Routes, route] })
    return { Route: route }
  },
})

export const replaceTransitGatewayRoute = ec2Operation<
  ReplaceTransitGatewayRouteRequest,
  ReplaceTransitGatewayRouteResult
>('ReplaceTransitGatewayRoute', {
  needs: needsOf('ReplaceTransitGatewayRoute'),
  perform(input, estate) {
    const { table, route } = routeIn(estate, input)
    const old = staticTo(table, route.DestinationCidrBlock!) ?? noRoute(table, route.DestinationCidrBlock!)
    renderRoutes(estate, { ...table, Routes: table.Routes.map((one) => (one === old ? route : one)) })
    return { Route: route }
  },
})

export const deleteTransitGatewayRoute = ec2Operation<
  DeleteTransitGatewayRouteRequest,
  DeleteTransitGatewayRouteResult
>('DeleteTransitGatewayRoute', {
  needs: (input, estate) => [
    on(estate, 'DeleteTransitGatewayRoute', transitGatewayRouteTables, input.TransitGatewayRouteTableId),
  ],
  perform(input, estate) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    const block = canonicalBlock(input.DestinationCidrBlock, 'destinationCidrBlock')
    const old = staticTo(table, block) ?? noRoute(table, block)
    renderRoutes(estate, { ...table, Routes: table.Routes.filter((one) => one !== old) })
    return { Route: { ...old, State: 'deleted' } }
  },
})

/** To an attachment, or into nothing: one of the two. */
function routeIn(
  estate: Estate,
  input: Input,
): { table: TransitGatewayRouteTableDocument; route: Shape<TransitGatewayRoute> } {
  const DestinationCidrBlock = canonicalBlock(input.DestinationCidrBlock, 'destinationCidrBlock')
  if (Boolean(input.Blackhole) === Boolean(input.TransitGatewayAttachmentId)) {
    throw invalidCombination('Exactly one of transitGatewayAttachmentId and blackhole must be specified')
  }
  if (input.Blackhole) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    return { table, route: { DestinationCidrBlock, Type: 'static', State: 'blackhole' } }
  }
  const { table, attachment } = bothOf(estate, input)
  const TransitGatewayAttachments = [attachmentName(attachment)]
  return { table, route: { DestinationCidrBlock, TransitGatewayAttachments, Type: 'static', State: 'active' } }
}

const staticTo = (table: TransitGatewayRouteTableDocument, block: string) =>
  table.Routes.find((route) => route.Type === 'static' && route.DestinationCidrBlock === block)

function noRoute(table: TransitGatewayRouteTableDocument, block: string): never {
  throw new AwsError(
    'InvalidRoute.NotFound',
    `Route ${block} does not exist in Transit Gateway Route Table ${table.TransitGatewayRouteTableId}.`,
  )
}

const staticCount = (estate: Estate, transitGatewayId: string): number =>
  estate
    .list(transitGatewayRouteTables)
    .filter((table) => table.TransitGatewayId === transitGatewayId)
    .flatMap((table) => table.Routes)
    .filter((route) => route.Type === 'static').length
