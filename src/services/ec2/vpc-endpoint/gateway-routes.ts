import { awsPrefixLists } from '../../../network/services.ts'
import type { RouteTableDocument } from '../documents.ts'
import { invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { routeTables } from '../nouns.ts'
import { within } from '../quotas.ts'
import { prefixListTaken } from '../route-table/route.ts'

/**
 * A gateway endpoint is a route in each of its tables: the service's prefix list to the endpoint.
 * It comes and goes with the association only (facts: network.md "Gateway endpoints").
 */
export function addEndpointRoutes(
  estate: Estate,
  endpoint: { VpcEndpointId: string; VpcId: string; ServiceName: string },
  tableIds: readonly string[],
): void {
  const list = awsPrefixLists(estate.region).find((one) => one.PrefixListName === endpoint.ServiceName)
  if (!list) throw new Error(`${endpoint.ServiceName} has no prefix list in ${estate.region}`)
  for (const id of new Set(tableIds)) {
    const table = estate.get(routeTables, id)
    if (table.VpcId !== endpoint.VpcId) {
      throw invalidParameter(`Route table ${id} and network ${endpoint.VpcId} belong to different networks.`)
    }
    if (table.Routes.some((route) => route.DestinationPrefixListId === list.PrefixListId)) {
      throw prefixListTaken(table, list.PrefixListId!)
    }
    within('routesPerTable', table.Routes.length + 1)
    const added = {
      DestinationPrefixListId: list.PrefixListId!,
      GatewayId: endpoint.VpcEndpointId,
      Origin: 'CreateRoute' as const,
      State: 'active' as const,
    }
    estate.save(routeTables, { ...table, Routes: [...table.Routes, added] })
  }
}

export function removeEndpointRoutes(estate: Estate, vpcEndpointId: string, tableIds: readonly string[]): void {
  for (const id of tableIds) {
    const table: RouteTableDocument | undefined = estate.find(routeTables, id)
    if (!table) continue
    estate.save(routeTables, { ...table, Routes: table.Routes.filter((route) => route.GatewayId !== vpcEndpointId) })
  }
}
