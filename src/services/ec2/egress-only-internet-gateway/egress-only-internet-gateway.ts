import type {
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
} from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { EgressOnlyInternetGatewayDocument } from '../gateway-documents.ts'
import { egressOnlyInternetGateways } from '../gateway-nouns.ts'
import { describing, making, on } from '../needs.ts'
import { vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { givenTags } from '../tags.ts'

/** For IPv6 on its way out; it belongs to its VPC from the first and cannot be detached. */
export const createEgressOnlyInternetGateway = ec2Operation<
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult
>('CreateEgressOnlyInternetGateway', {
  needs: (input, estate) => [
    ...making(estate, 'CreateEgressOnlyInternetGateway', egressOnlyInternetGateways, input.TagSpecifications),
    on(estate, 'CreateEgressOnlyInternetGateway', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const { ClientToken } = input
    const echoed = ClientToken ? { ClientToken } : {}
    const again = estate.repeated(egressOnlyInternetGateways, 'CreateEgressOnlyInternetGateway', ClientToken)
    if (again) return { EgressOnlyInternetGateway: again, ...echoed }
    const { VpcId } = estate.get(vpcs, input.VpcId)
    within('egressOnlyGateways', estate.list(egressOnlyInternetGateways).length + 1)
    const gateway = estate.save(egressOnlyInternetGateways, {
      EgressOnlyInternetGatewayId: estate.mint(egressOnlyInternetGateways.prefix),
      Attachments: [{ State: 'attached', VpcId }],
      Tags: givenTags(egressOnlyInternetGateways, input.TagSpecifications),
    })
    estate.remember('CreateEgressOnlyInternetGateway', ClientToken, gateway.EgressOnlyInternetGatewayId)
    return { EgressOnlyInternetGateway: gateway, ...echoed }
  },
})

/** AWS documents tags only. */
const filters: FilterTable<EgressOnlyInternetGatewayDocument> = {}

export const describeEgressOnlyInternetGateways = ec2Operation<
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult
>('DescribeEgressOnlyInternetGateways', {
  needs: (_, estate) => describing(estate, 'DescribeEgressOnlyInternetGateways'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, egressOnlyInternetGateways, filters, {
      ids: input.EgressOnlyInternetGatewayIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { EgressOnlyInternetGateways: things, ...page }
  },
})

/** Routes to it stay and turn black. */
export const deleteEgressOnlyInternetGateway = ec2Operation<
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteEgressOnlyInternetGatewayResult
>('DeleteEgressOnlyInternetGateway', {
  needs: (input, estate) => [
    on(estate, 'DeleteEgressOnlyInternetGateway', egressOnlyInternetGateways, input.EgressOnlyInternetGatewayId),
  ],
  perform(input, estate) {
    const gateway = estate.get(egressOnlyInternetGateways, input.EgressOnlyInternetGatewayId)
    const id = gateway.EgressOnlyInternetGatewayId
    estate.remove(egressOnlyInternetGateways, id)
    for (const { VpcId } of gateway.Attachments) {
      setRouteState(estate, 'EgressOnlyInternetGatewayId', id, VpcId!, 'blackhole')
    }
    return { ReturnCode: true }
  },
})
