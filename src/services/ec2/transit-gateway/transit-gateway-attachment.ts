import type {
  DescribeTransitGatewayAttachmentsRequest,
  DescribeTransitGatewayAttachmentsResult,
  Filter,
  GetTransitGatewayAttachmentPropagationsRequest,
  GetTransitGatewayAttachmentPropagationsResult,
  GetTransitGatewayRouteTableAssociationsRequest,
  GetTransitGatewayRouteTableAssociationsResult,
  GetTransitGatewayRouteTablePropagationsRequest,
  GetTransitGatewayRouteTablePropagationsResult,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { describe, filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { TransitGatewayAttachmentDocument, TransitGatewayRouteTableDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGatewayRouteTables } from '../gateway-nouns.ts'
import { describing } from '../needs.ts'
import { attachmentView } from './attachment-views.ts'

const filters: FilterTable<TransitGatewayAttachmentDocument> = {
  'association.state': (attachment) => attachment.Association?.State,
  'association.transit-gateway-route-table-id': (attachment) => attachment.Association?.TransitGatewayRouteTableId,
  'resource-id': (attachment) => attachment.ResourceId,
  'resource-owner-id': (attachment) => attachment.ResourceOwnerId,
  'resource-type': (attachment) => attachment.ResourceType,
  state: (attachment) => attachment.State,
  'transit-gateway-attachment-id': (attachment) => attachment.TransitGatewayAttachmentId,
  'transit-gateway-id': (attachment) => attachment.TransitGatewayId,
  'transit-gateway-owner-id': (attachment) => attachment.TransitGatewayOwnerId,
}

/** Of VPCs and of VPN connections. */
export const describeTransitGatewayAttachments = ec2Operation<
  DescribeTransitGatewayAttachmentsRequest,
  DescribeTransitGatewayAttachmentsResult
>('DescribeTransitGatewayAttachments', {
  needs: (_, estate) => describing(estate, 'DescribeTransitGatewayAttachments'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, transitGatewayAttachments, filters, {
      ids: input.TransitGatewayAttachmentIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { TransitGatewayAttachments: things.map(attachmentView), ...page }
  },
})

interface Question {
  TransitGatewayRouteTableId: string
  Filters?: Shape<Filter>[]
  MaxResults?: number
  NextToken?: string
}

type Link =
  | TransitGatewayRouteTableDocument['Associations'][number]
  | TransitGatewayRouteTableDocument['Propagations'][number]

const linkFilters: FilterTable<Link> = {
  'resource-id': (one) => one.ResourceId,
  'resource-type': (one) => one.ResourceType,
  'transit-gateway-attachment-id': (one) => one.TransitGatewayAttachmentId,
}

function linksOf<T extends Link>(links: readonly T[], input: Question, kind: string) {
  const sorted = links.toSorted((a, b) => (a.TransitGatewayAttachmentId! < b.TransitGatewayAttachmentId! ? -1 : 1))
  const passing = sorted.filter(filterOf({}, linkFilters, input.Filters))
  const list = `${input.TransitGatewayRouteTableId} ${kind}`
  return pageOf(passing, (one) => one.TransitGatewayAttachmentId!, list, input.MaxResults, input.NextToken)
}

export const getTransitGatewayRouteTableAssociations = ec2Operation<
  GetTransitGatewayRouteTableAssociationsRequest,
  GetTransitGatewayRouteTableAssociationsResult
>('GetTransitGatewayRouteTableAssociations', {
  needs: (_, estate) => describing(estate, 'GetTransitGatewayRouteTableAssociations'),
  perform(input, estate) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    const { things, ...page } = linksOf(table.Associations, input, 'associations')
    return { Associations: things, ...page }
  },
})

export const getTransitGatewayRouteTablePropagations = ec2Operation<
  GetTransitGatewayRouteTablePropagationsRequest,
  GetTransitGatewayRouteTablePropagationsResult
>('GetTransitGatewayRouteTablePropagations', {
  needs: (_, estate) => describing(estate, 'GetTransitGatewayRouteTablePropagations'),
  perform(input, estate) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    const { things, ...page } = linksOf(table.Propagations, input, 'propagations')
    return { TransitGatewayRouteTablePropagations: things, ...page }
  },
})

export const getTransitGatewayAttachmentPropagations = ec2Operation<
  GetTransitGatewayAttachmentPropagationsRequest,
  GetTransitGatewayAttachmentPropagationsResult
>('GetTransitGatewayAttachmentPropagations', {
  needs: (_, estate) => describing(estate, 'GetTransitGatewayAttachmentPropagations'),
  perform(input, estate) {
    const { TransitGatewayAttachmentId: id } = estate.get(transitGatewayAttachments, input.TransitGatewayAttachmentId)
    const tables = estate
      .list(transitGatewayRouteTables)
      .filter((table) => table.Propagations.some((one) => one.TransitGatewayAttachmentId === id))
      .map(({ TransitGatewayRouteTableId }) => ({ TransitGatewayRouteTableId, State: 'enabled' as const }))
    const idFilter = {
      'transit-gateway-route-table-id': (one: (typeof tables)[number]) => one.TransitGatewayRouteTableId,
    }
    const passing = tables.filter(filterOf({}, idFilter, input.Filters))
    const { things, ...page } = pageOf(
      passing,
      (one) => one.TransitGatewayRouteTableId,
      `${id} propagations`,
      input.MaxResults,
      input.NextToken,
    )
    return { TransitGatewayAttachmentPropagations: things, ...page }
  },
})
