import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { InternetGatewayDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { hasDependencies, invalidValue } from '../errors.ts'
import { describing, making, on } from '../needs.ts'
import { internetGateways, networkInterfaces, routeTables, vpcs } from '../nouns.ts'
import { dropGatewayAssociation } from '../route-table/edge.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { givenTags } from '../tags.ts'

export const createInternetGateway = ec2Operation<CreateInternetGatewayRequest, CreateInternetGatewayResult>(
  'CreateInternetGateway',
  {
    needs: (input, estate) => making(estate, 'CreateInternetGateway', internetGateways, input.TagSpecifications),
    perform: (input, estate) => ({
      InternetGateway: estate.save(internetGateways, {
        InternetGatewayId: estate.mint(internetGateways.prefix),
        OwnerId: estate.account,
        Attachments: [],
        Tags: givenTags(internetGateways, input.TagSpecifications),
      }),
    }),
  },
)

const filters: FilterTable<InternetGatewayDocument> = {
  'attachment.state': (gateway) => gateway.Attachments.map((one) => one.State),
  'attachment.vpc-id': (gateway) => gateway.Attachments.map((one) => one.VpcId),
  'internet-gateway-id': (gateway) => gateway.InternetGatewayId,
  'owner-id': (gateway) => gateway.OwnerId,
}

export const describeInternetGateways = ec2Operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult>(
  'DescribeInternetGateways',
  {
    needs: (_, estate) => describing(estate, 'DescribeInternetGateways'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, internetGateways, filters, {
        ids: input.InternetGatewayIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { InternetGateways: things, ...page }
    },
  },
)

export const attachInternetGateway = ec2Operation<AttachInternetGatewayRequest, object>('AttachInternetGateway', {
  needs: (input, estate) => [
    on(estate, 'AttachInternetGateway', internetGateways, input.InternetGatewayId),
    on(estate, 'AttachInternetGateway', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const gateway = estate.get(internetGateways, input.InternetGatewayId)
    const { VpcId } = estate.get(vpcs, input.VpcId)
    const [attached] = gateway.Attachments
    if (attached) {
      throw new AwsError(
        'Resource.AlreadyAssociated',
        `resource ${gateway.InternetGatewayId} is already attached to network ${attached.VpcId}`,
      )
    }
    if (estate.list(internetGateways).some((one) => one.Attachments.some((to) => to.VpcId === VpcId))) {
      throw invalidValue(`Network ${VpcId} already has an internet gateway attached`)
    }
    estate.save(internetGateways, { ...gateway, Attachments: [{ State: 'available' as never, VpcId }] })
    setRouteState(estate, 'GatewayId', gateway.InternetGatewayId, VpcId, 'active')
    return {}
  },
})

/** Public addresses in the VPC hold the gateway; routes to it stay and turn black. */
export const detachInternetGateway = ec2Operation<DetachInternetGatewayRequest, object>('DetachInternetGateway', {
  needs: (input, estate) => [
    on(estate, 'DetachInternetGateway', internetGateways, input.InternetGatewayId),
    on(estate, 'DetachInternetGateway', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const gateway = estate.get(internetGateways, input.InternetGatewayId)
    const { VpcId } = estate.get(vpcs, input.VpcId)
    if (!gateway.Attachments.some((one) => one.VpcId === VpcId)) {
      throw new AwsError(
        'Gateway.NotAttached',
        `resource ${gateway.InternetGatewayId} is not attached to network ${VpcId}`,
      )
    }
    if (estate.list(networkInterfaces).some((eni) => eni.VpcId === VpcId && eni.Association?.PublicIp)) {
      throw new AwsError(
        'DependencyViolation',
        `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      )
    }
    estate.save(internetGateways, { ...gateway, Attachments: [] })
    for (const table of estate.list(routeTables)) {
      if (table.Associations.some((one) => one.GatewayId === gateway.InternetGatewayId)) {
        estate.save(routeTables, dropGatewayAssociation(table, gateway.InternetGatewayId))
      }
    }
    setRouteState(estate, 'GatewayId', gateway.InternetGatewayId, VpcId, 'blackhole')
    return {}
  },
})

export const deleteInternetGateway = ec2Operation<DeleteInternetGatewayRequest, object>('DeleteInternetGateway', {
  needs: (input, estate) => [on(estate, 'DeleteInternetGateway', internetGateways, input.InternetGatewayId)],
  perform(input, estate) {
    const gateway = estate.get(internetGateways, input.InternetGatewayId)
    if (gateway.Attachments.length > 0) throw hasDependencies('internetGateway', gateway.InternetGatewayId)
    estate.remove(internetGateways, gateway.InternetGatewayId)
    return {}
  },
})
