import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { RouteTableDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { refuseUnbuilt } from '../errors.ts'
import { on } from '../needs.ts'
import { routeTables } from '../nouns.ts'
import { within } from '../quotas.ts'
import { fitForGateway, isGatewayTable } from './edge.ts'
import { changeable, destinationOf, nameOf, routeCount, routeTo, withinLocal } from './route-destination.ts'
import { targetIn, targetOf } from './route-target.ts'

export const createRoute = ec2Operation<CreateRouteRequest, CreateRouteResult>('CreateRoute', {
  needs: (input, estate) => [on(estate, 'CreateRoute', routeTables, input.RouteTableId)],
  perform(input, estate) {
    const table = estate.get(routeTables, input.RouteTableId)
    const destination = destinationOf(input, estate)
    const target = targetOf(input, estate, table, destination)
    const existing = routeTo(table, destination)
    if (existing && JSON.stringify(targetIn(existing)) === JSON.stringify(targetIn(target))) return { Return: true }
    if (existing?.DestinationPrefixListId) throw prefixListTaken(table, existing.DestinationPrefixListId)
    if (existing) {
      throw new AwsError('RouteAlreadyExists', `The route identified by ${nameOf(destination)} already exists.`)
    }
    withinLocal(estate, table, destination, target)
    const Routes = [...table.Routes, { ...destination, ...target, Origin: 'CreateRoute' as const }]
    within('routesPerTable', routeCount(estate, Routes))
    if (isGatewayTable(table)) fitForGateway({ ...table, Routes })
    estate.save(routeTables, { ...table, Routes })
    return { Return: true }
  },
})

export const replaceRoute = ec2Operation<ReplaceRouteRequest, object>('ReplaceRoute', {
  needs: (input, estate) => [on(estate, 'ReplaceRoute', routeTables, input.RouteTableId)],
  perform(input, estate) {
    refuseUnbuilt(input, 'LocalTarget')
    const table = estate.get(routeTables, input.RouteTableId)
    const destination = destinationOf(input, estate)
    const old = changeable(table, destination)
    const target = targetOf(input, estate, table, destination)
    withinLocal(estate, table, destination, target)
    const replaced = { ...destination, ...target, Origin: 'CreateRoute' as const }
    const Routes = table.Routes.map((route) => (route === old ? replaced : route))
    if (isGatewayTable(table)) fitForGateway({ ...table, Routes })
    estate.save(routeTables, { ...table, Routes })
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
