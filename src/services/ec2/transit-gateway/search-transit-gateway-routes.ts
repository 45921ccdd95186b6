import type {
  Filter,
  SearchTransitGatewayRoutesRequest,
  SearchTransitGatewayRoutesResult,
  TransitGatewayRoute,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { filterOf, pageOf, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValueOf, missingParameter } from '../errors.ts'
import { transitGatewayRouteTables } from '../gateway-nouns.ts'
import { anyCidr, encloses6, type Cidr6 } from '../ipv6.ts'
import { on } from '../needs.ts'

type Route = Shape<TransitGatewayRoute>

const filters: FilterTable<Route> = {
  'attachment.resource-id': (route) => route.TransitGatewayAttachments?.map((one) => one.ResourceId),
  'attachment.resource-type': (route) => route.TransitGatewayAttachments?.map((one) => one.ResourceType),
  'attachment.transit-gateway-attachment-id': (route) =>
    route.TransitGatewayAttachments?.map((one) => one.TransitGatewayAttachmentId),
  'prefix-list-id': (route) => route.PrefixListId,
  'route-search.exact-match': (route) => route.DestinationCidrBlock,
  state: (route) => route.State,
  type: (route) => route.Type,
}

const blockOf = (route: Route): Cidr6 => anyCidr(route.DestinationCidrBlock!)!

/** Filters that compare blocks, by name: which of the routes stand the question for a block. */
const searches: Readonly<Record<string, (routes: readonly Route[], asked: Cidr6) => Route[]>> = {
  'route-search.longest-prefix-match': (routes, asked) => {
    const matching = routes.filter((route) => encloses6(blockOf(route), asked))
    const longest = Math.max(...matching.map((route) => blockOf(route).length))
    return matching.filter((route) => blockOf(route).length === longest)
  },
  'route-search.subnet-of-match': (routes, asked) => routes.filter((route) => encloses6(asked, blockOf(route))),
  'route-search.supernet-of-match': (routes, asked) => routes.filter((route) => encloses6(blockOf(route), asked)),
}

/** Static and propagated routes of one table, by filters of which one at least must be given. */
export const searchTransitGatewayRoutes = ec2Operation<
  SearchTransitGatewayRoutesRequest,
  SearchTransitGatewayRoutesResult
>('SearchTransitGatewayRoutes', {
  needs: (input, estate) => [
    on(estate, 'SearchTransitGatewayRoutes', transitGatewayRouteTables, input.TransitGatewayRouteTableId),
  ],
  perform(input, estate) {
    const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId)
    if (!input.Filters?.length) throw missingParameter('filters')
    const plain = input.Filters.filter((one) => !Object.hasOwn(searches, one.Name ?? ''))
    const passing = table.Routes.filter(filterOf({}, filters, plain))
    const found = input.Filters.filter((one) => Object.hasOwn(searches, one.Name ?? '')).reduce(search, passing)
    const sorted = found.toSorted((a, b) => (a.DestinationCidrBlock! < b.DestinationCidrBlock! ? -1 : 1))
    const { things, NextToken } = pageOf(
      sorted,
      (route) => route.DestinationCidrBlock!,
      `${table.TransitGatewayRouteTableId} routes`,
      input.MaxResults ?? 1000,
      input.NextToken,
    )
    return { Routes: things, AdditionalRoutesAvailable: NextToken !== undefined, ...(NextToken ? { NextToken } : {}) }
  },
})

function search(routes: readonly Route[], { Name, Values = [] }: Shape<Filter>): Route[] {
  const found = Values.flatMap((text) => {
    const asked = anyCidr(text) ?? anyCidr(`${text}/32`) ?? anyCidr(`${text}/128`)
    if (!asked) throw invalidValueOf(text, Name!, 'This is not a valid CIDR block.')
    return searches[Name!]!(routes, asked)
  })
  return [...new Set(found)]
}
