import type { DeleteRouteTableRequest } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies } from '../errors.ts'
import { on } from '../needs.ts'
import { routeTables, vpcEndpoints } from '../nouns.ts'

export const deleteRouteTable = ec2Operation<DeleteRouteTableRequest, object>('DeleteRouteTable', {
  needs: (input, estate) => [on(estate, 'DeleteRouteTable', routeTables, input.RouteTableId)],
  perform(input, estate) {
    const table = estate.get(routeTables, input.RouteTableId)
    if (table.Associations.length > 0) throw hasDependencies('routeTable', table.RouteTableId)
    // A gateway endpoint lets go of a table that is deleted.
    for (const endpoint of estate.list(vpcEndpoints)) {
      if (!endpoint.RouteTableIds.includes(table.RouteTableId)) continue
      const RouteTableIds = endpoint.RouteTableIds.filter((id) => id !== table.RouteTableId)
      estate.save(vpcEndpoints, { ...endpoint, RouteTableIds })
    }
    estate.remove(routeTables, table.RouteTableId)
    return {}
  },
})
