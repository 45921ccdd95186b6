import type { CreateRouteTableRequest, CreateRouteTableResult } from '@aws-sdk/client-ec2'
import { ec2Operation } from '../ec2-operation.ts'
import { making, on } from '../needs.ts'
import { routeTables, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { makeRouteTable } from './make-route-table.ts'

export const createRouteTable = ec2Operation<CreateRouteTableRequest, CreateRouteTableResult>('CreateRouteTable', {
  needs: (input, estate) => [
    ...making(estate, 'CreateRouteTable', routeTables, input.TagSpecifications),
    on(estate, 'CreateRouteTable', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const vpc = estate.get(vpcs, input.VpcId)
    within('routeTablesPerVpc', estate.list(routeTables).filter((table) => table.VpcId === vpc.VpcId).length + 1)
    const tags = givenTags(routeTables, input.TagSpecifications)
    return { RouteTable: makeRouteTable(estate, vpc, { tags }) }
  },
})
