import type {
  AttachVpnGatewayRequest,
  AttachVpnGatewayResult,
  CreateVpnGatewayRequest,
  CreateVpnGatewayResult,
  DeleteVpnGatewayRequest,
  DescribeVpnGatewaysRequest,
  DescribeVpnGatewaysResult,
  DetachVpnGatewayRequest,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { VpnGatewayDocument } from '../gateway-documents.ts'
import { vpnConnections, vpnGateways } from '../gateway-nouns.ts'
import { describing, making, on } from '../needs.ts'
import { routeTables, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { dropGatewayAssociation } from '../route-table/edge.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { stopPropagation } from '../route-table/vgw-route-propagation.ts'
import { givenTags } from '../tags.ts'

export const createVpnGateway = ec2Operation<CreateVpnGatewayRequest, CreateVpnGatewayResult>('CreateVpnGateway', {
  needs: (input, estate) => making(estate, 'CreateVpnGateway', vpnGateways, input.TagSpecifications),
  perform(input, estate) {
    within('vpnGateways', estate.list(vpnGateways).length + 1)
    const VpnGateway = estate.save(vpnGateways, {
      VpnGatewayId: estate.mint(vpnGateways.prefix),
      State: 'available',
      Type: input.Type,
      AmazonSideAsn: input.AmazonSideAsn ?? 64512,
      VpcAttachments: [],
      ...(input.AvailabilityZone ? { AvailabilityZone: input.AvailabilityZone } : {}),
      Tags: givenTags(vpnGateways, input.TagSpecifications),
    })
    return { VpnGateway }
  },
})

const filters: FilterTable<VpnGatewayDocument> = {
  'amazon-side-asn': (gateway) => gateway.AmazonSideAsn,
  'attachment.state': (gateway) => gateway.VpcAttachments.map((one) => one.State),
  'attachment.vpc-id': (gateway) => gateway.VpcAttachments.map((one) => one.VpcId),
  'availability-zone': (gateway) => gateway.AvailabilityZone,
  state: (gateway) => gateway.State,
  type: (gateway) => gateway.Type,
  'vpn-gateway-id': (gateway) => gateway.VpnGatewayId,
}

export const describeVpnGateways = ec2Operation<DescribeVpnGatewaysRequest, DescribeVpnGatewaysResult>(
  'DescribeVpnGateways',
  {
    needs: (_, estate) => describing(estate, 'DescribeVpnGateways'),
    perform(input, estate) {
      const question = { ids: input.VpnGatewayIds, filters: input.Filters }
      return { VpnGateways: describe(estate, vpnGateways, filters, question).things }
    },
  },
)

/** One gateway for a VPC, one VPC for a gateway. inferred: both sentences; the codes are EC2's. */
export const attachVpnGateway = ec2Operation<AttachVpnGatewayRequest, AttachVpnGatewayResult>('AttachVpnGateway', {
  needs: (input, estate) => [
    on(estate, 'AttachVpnGateway', vpnGateways, input.VpnGatewayId),
    on(estate, 'AttachVpnGateway', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const gateway = estate.get(vpnGateways, input.VpnGatewayId)
    const { VpcId } = estate.get(vpcs, input.VpcId)
    const attached = { VpcAttachment: { State: 'attached' as const, VpcId } }
    const [old] = gateway.VpcAttachments
    if (old?.VpcId === VpcId) return attached
    if (old) {
      throw new AwsError(
        'VpnGatewayAttachmentLimitExceeded',
        `The vpnGateway ID '${gateway.VpnGatewayId}' is already attached to ${old.VpcId}`,
      )
    }
    if (estate.list(vpnGateways).some((one) => one.VpcAttachments.some((to) => to.VpcId === VpcId))) {
      throw new AwsError(
        'InvalidVpcState',
        `The vpc ID '${VpcId}' already has a virtual private gateway attached to it`,
      )
    }
    estate.save(vpnGateways, { ...gateway, VpcAttachments: [attached.VpcAttachment] })
    setRouteState(estate, 'GatewayId', gateway.VpnGatewayId, VpcId, 'active')
    return attached
  },
})

/** Routes made by hand stay and turn black; propagated ones go with the propagation. */
export const detachVpnGateway = ec2Operation<DetachVpnGatewayRequest, object>('DetachVpnGateway', {
  needs: (input, estate) => [
    on(estate, 'DetachVpnGateway', vpnGateways, input.VpnGatewayId),
    on(estate, 'DetachVpnGateway', vpcs, input.VpcId),
  ],
  perform(input, estate) {
    const gateway = estate.get(vpnGateways, input.VpnGatewayId)
    const { VpnGatewayId } = gateway
    const { VpcId } = estate.get(vpcs, input.VpcId)
    if (!gateway.VpcAttachments.some((one) => one.VpcId === VpcId)) {
      throw new AwsError(
        'InvalidVpnGatewayAttachment.NotFound',
        `The attachment with vpn gateway ID '${VpnGatewayId}' and vpc ID '${VpcId}' does not exist`,
      )
    }
    estate.save(vpnGateways, { ...gateway, VpcAttachments: [] })
    stopPropagation(estate, VpnGatewayId)
    for (const table of estate.list(routeTables)) {
      if (table.Associations.some((one) => one.GatewayId === VpnGatewayId)) {
        estate.save(routeTables, dropGatewayAssociation(table, VpnGatewayId))
      }
    }
    setRouteState(estate, 'GatewayId', VpnGatewayId, VpcId, 'blackhole')
    return {}
  },
})

export const deleteVpnGateway = ec2Operation<DeleteVpnGatewayRequest, object>('DeleteVpnGateway', {
  needs: (input, estate) => [on(estate, 'DeleteVpnGateway', vpnGateways, input.VpnGatewayId)],
  perform(input, estate) {
    const gateway = estate.get(vpnGateways, input.VpnGatewayId)
    const id = gateway.VpnGatewayId
    const used = estate.list(vpnConnections).some((one) => one.VpnGatewayId === id && one.State !== 'deleted')
    if (used || gateway.VpcAttachments.length > 0) {
      throw new AwsError('IncorrectState', 'The vpn gateway is in use.')
    }
    estate.remove(vpnGateways, id)
    return {}
  },
})
