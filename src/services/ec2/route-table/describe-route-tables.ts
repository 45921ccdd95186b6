import type { DescribeRouteTablesRequest, DescribeRouteTablesResult } from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import type { RouteTableDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { describing } from '../needs.ts'
import { routeTables } from '../nouns.ts'

const filters: FilterTable<RouteTableDocument> = {
  'association.gateway-id': (table) => table.Associations.map((one) => one.GatewayId),
  'association.main': (table) => table.Associations.map((one) => one.Main),
  'association.route-table-association-id': (table) => table.Associations.map((one) => one.RouteTableAssociationId),
  'association.route-table-id': (table) => table.Associations.map((one) => one.RouteTableId),
  'association.subnet-id': (table) => table.Associations.map((one) => one.SubnetId),
  'owner-id': (table) => table.OwnerId,
  'route.destination-cidr-block': (table) => table.Routes.map((route) => route.DestinationCidrBlock),
  'route.destination-ipv6-cidr-block': (table) => table.Routes.map((route) => route.DestinationIpv6CidrBlock),
  'route.egress-only-internet-gateway-id': (table) => table.Routes.map((route) => route.EgressOnlyInternetGatewayId),
  'route.instance-id': (table) => table.Routes.map((route) => route.InstanceId),
  'route.transit-gateway-id': (table) => table.Routes.map((route) => route.TransitGatewayId),
  'route.vpc-peering-connection-id': (table) => table.Routes.map((route) => route.VpcPeeringConnectionId),
  'route.destination-prefix-list-id': (table) => table.Routes.map((route) => route.DestinationPrefixListId),
  'route.gateway-id': (table) => table.Routes.map((route) => route.GatewayId),
  'route.nat-gateway-id': (table) => table.Routes.map((route) => route.NatGatewayId),
  'route.origin': (table) => table.Routes.map((route) => route.Origin),
  'route.state': (table) => table.Routes.map((route) => route.State),
  'route-table-id': (table) => table.RouteTableId,
  'vpc-id': (table) => table.VpcId,
}

export const describeRouteTables = ec2Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult>(
  'DescribeRouteTables',
  {
    needs: (_, estate) => describing(estate, 'DescribeRouteTables'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, routeTables, filters, {
        ids: input.RouteTableIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { RouteTables: things, ...page }
    },
  },
)
