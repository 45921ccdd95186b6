import type {
  CreateTransitGatewayRouteTableRequest,
  CreateTransitGatewayRouteTableResult,
  DeleteTransitGatewayRouteTableRequest,
  DeleteTransitGatewayRouteTableResult,
  DescribeTransitGatewayRouteTablesRequest,
  DescribeTransitGatewayRouteTablesResult,
  TransitGatewayRouteTable,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayRouteTableDocument } from '../gateway-documents.ts'
import { transitGatewayRouteTables, transitGateways } from '../gateway-nouns.ts'
import { describing, making, on } from '../needs.ts'
import { within } from '../quotas.ts'
import { givenTags, type Tags } from '../tags.ts'
import { without } from '../without.ts'
import { incorrectState } from './incorrect-state.ts'

export function makeTransitGatewayRouteTable(
  estate: Estate,
  TransitGatewayId: string,
  tags: Tags,
): TransitGatewayRouteTableDocument {
  const tables = estate.list(transitGatewayRouteTables).filter((one) => one.TransitGatewayId === TransitGatewayId)
  within('transitGatewayRouteTables', tables.length + 1)
  return estate.save(transitGatewayRouteTables, {
    TransitGatewayRouteTableId: estate.mint(transitGatewayRouteTables.prefix),
    TransitGatewayId,
    State: 'available',
    DefaultAssociationRouteTable: false,
    DefaultPropagationRouteTable: false,
    CreationTime: estate.now,
    Tags: tags,
    Routes: [],
    Associations: [],
    Propagations: [],
  })
}

function tableView(table: TransitGatewayRouteTableDocument): Shape<TransitGatewayRouteTable> {
  return without(table, 'Routes', 'Associations', 'Propagations')
}

export const createTransitGatewayRouteTable = ec2Operation<
  CreateTransitGatewayRouteTableRequest,
  CreateTransitGatewayRouteTableResult
>('CreateTransitGatewayRouteTable', {
  needs: (input, estate) => [
    on(estate, 'CreateTransitGatewayRouteTable', transitGateways, input.TransitGatewayId),
    ...making(estate, 'CreateTransitGatewayRouteTable', transitGatewayRouteTables, input.TagSpecifications),
  ],
  perform(input, estate) {
    const { TransitGatewayId } = estate.get(transitGateways, input.TransitGatewayId)
    const tags = givenTags(transitGatewayRouteTables, input.TagSpecifications)
    return { TransitGatewayRouteTable: tableView(makeTransitGatewayRouteTable(estate, TransitGatewayId, tags)) }
  },
})

const filters: FilterTable<TransitGatewayRouteTableDocument> = {
  'default-association-route-table': (table) => table.DefaultAssociationRouteTable,
  'default-propagation-route-table': (table) => table.DefaultPropagationRouteTable,
  state: (table) => table.State,
  'transit-gateway-id': (table) => table.TransitGatewayId,
  'transit-gateway-route-table-id': (table) => table.TransitGatewayRouteTableId,
}

export const describeTransitGatewayRouteTables = ec2Operation<
  DescribeTransitGatewayRouteTablesRequest,
  DescribeTransitGatewayRouteTablesResult
>('DescribeTransitGatewayRouteTables', {
  needs: (_, estate) => describing(estate, 'DescribeTransitGatewayRouteTables'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, transitGatewayRouteTables, filters, {
      ids: input.TransitGatewayRouteTableIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { TransitGatewayRouteTables: things.map(tableView), ...page }
  },
})

/** Associations hold it, and so does being a default one. */
export const deleteTransitGatewayRouteTable = ec2Operation<
  DeleteTransitGatewayRouteTableRequest,
  DeleteTransitGatewayRouteTableResult
>('DeleteTransitGatewayRouteTable', {
  needs: (input, estate) => [
    on(estate, 'DeleteTransitGatewayRouteTable', transitGatewayRouteTables, input.TransitGatewayRouteTableId),
  ],
  perform(input, estate) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    const id = table.TransitGatewayRouteTableId
    // inferred: both sentences.
    if (table.DefaultAssociationRouteTable || table.DefaultPropagationRouteTable) {
      throw incorrectState(`${id} is a default route table of ${table.TransitGatewayId} and cannot be deleted.`)
    }
    if (table.Associations.length > 0) {
      throw incorrectState(
        `${id} has associations: ${table.Associations.map((one) => one.TransitGatewayAttachmentId).join(', ')}.`,
      )
    }
    estate.remove(transitGatewayRouteTables, id)
    return { TransitGatewayRouteTable: tableView({ ...table, State: 'deleting' }) }
  },
})
