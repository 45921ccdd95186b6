import type {
  CreateTransitGatewayVpcAttachmentRequest,
  CreateTransitGatewayVpcAttachmentResult,
  DeleteTransitGatewayVpcAttachmentRequest,
  DeleteTransitGatewayVpcAttachmentResult,
  DescribeTransitGatewayVpcAttachmentsRequest,
  DescribeTransitGatewayVpcAttachmentsResult,
  ModifyTransitGatewayVpcAttachmentRequest,
  ModifyTransitGatewayVpcAttachmentResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayAttachmentDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGateways } from '../gateway-nouns.ts'
import { attributes, describing, making, on } from '../needs.ts'
import { removeInterface } from '../network-interface/delete-network-interface.ts'
import { makeInterface, managedBy } from '../network-interface/make-interface.ts'
import { networkInterfaces, subnets, vpcs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { givenTags } from '../tags.ts'
import { joinDefaultTables, leaveTables } from './associate.ts'
import { vpcAttachmentView } from './attachment-views.ts'
import { incorrectState } from './incorrect-state.ts'

/** The action's table lists no zone id for subnets. */
const SUBNET_KEYS = ['ec2:AvailabilityZone', 'ec2:SubnetID', 'ec2:Vpc']

/** Available at once: sharing gateways with other accounts is not built, so nobody has to accept. */
export const createTransitGatewayVpcAttachment = ec2Operation<
  CreateTransitGatewayVpcAttachmentRequest,
  CreateTransitGatewayVpcAttachmentResult
>('CreateTransitGatewayVpcAttachment', {
  needs: (input, estate) => [
    ...making(estate, 'CreateTransitGatewayVpcAttachment', transitGatewayAttachments, input.TagSpecifications),
    on(estate, 'CreateTransitGatewayVpcAttachment', transitGateways, input.TransitGatewayId),
    on(estate, 'CreateTransitGatewayVpcAttachment', vpcs, input.VpcId),
    ...(input.SubnetIds ?? []).map((id) =>
      on(estate, 'CreateTransitGatewayVpcAttachment', subnets, id, {}, SUBNET_KEYS),
    ),
  ],
  perform(input, estate) {
    const gateway = estate.get(transitGateways, input.TransitGatewayId)
    const { VpcId } = estate.get(vpcs, input.VpcId)
    const attached = estate.list(transitGatewayAttachments).filter((one) => one.ResourceId === VpcId)
    if (attached.some((one) => one.TransitGatewayId === gateway.TransitGatewayId)) {
      throw new AwsError(
        'DuplicateTransitGatewayAttachment',
        `${gateway.TransitGatewayId} already has non-deleted Transit Gateway Attachment(s) with same VPC ID.`,
      )
    }
    within('transitGatewaysPerVpc', attached.length + 1)
    const id = estate.mint(transitGatewayAttachments.prefix)
    const made = estate.save(transitGatewayAttachments, {
      TransitGatewayAttachmentId: id,
      TransitGatewayId: gateway.TransitGatewayId,
      TransitGatewayOwnerId: gateway.OwnerId,
      ResourceOwnerId: estate.account,
      ResourceType: 'vpc',
      ResourceId: VpcId,
      State: 'available',
      CreationTime: estate.now,
      Tags: givenTags(transitGatewayAttachments, input.TagSpecifications),
      SubnetIds: [...input.SubnetIds],
      NetworkInterfaceIds: standIn(estate, id, VpcId, input.SubnetIds, []),
      Options: {
        DnsSupport: 'enable',
        SecurityGroupReferencingSupport: 'enable',
        Ipv6Support: 'disable',
        ApplianceModeSupport: 'disable',
        ...input.Options,
      },
    })
    const attachment = joinDefaultTables(estate, gateway, made)
    setRouteState(estate, 'TransitGatewayId', gateway.TransitGatewayId, VpcId, 'active')
    return { TransitGatewayVpcAttachment: vpcAttachmentView(attachment) }
  },
})

/** An interface in each subnet; one subnet of the VPC in each zone. */
function standIn(
  estate: Estate,
  attachmentId: string,
  vpcId: string,
  ids: readonly string[],
  standing: readonly string[],
): string[] {
  const zones = new Set(standing.map((id) => estate.get(subnets, id).AvailabilityZone))
  return ids.map((id) => {
    const subnet = estate.get(subnets, id)
    if (subnet.VpcId !== vpcId)
      throw invalidParameter(`Subnet ${id} and network ${vpcId} belong to different networks.`)
    if (zones.has(subnet.AvailabilityZone)) {
      throw new AwsError('DuplicateSubnetsInSameZone', `Duplicate Subnets for same AZ`)
    }
    zones.add(subnet.AvailabilityZone)
    return makeInterface(estate, subnet, {
      ...managedBy(estate, 'amazon-aws'),
      Description: `Network Interface for Transit Gateway Attachment ${attachmentId}`,
      InterfaceType: 'transit_gateway',
    }).NetworkInterfaceId
  })
}

const filters: FilterTable<TransitGatewayAttachmentDocument> = {
  state: (attachment) => attachment.State,
  'transit-gateway-attachment-id': (attachment) => attachment.TransitGatewayAttachmentId,
  'transit-gateway-id': (attachment) => attachment.TransitGatewayId,
  'vpc-id': (attachment) => attachment.ResourceId,
}

export const describeTransitGatewayVpcAttachments = ec2Operation<
  DescribeTransitGatewayVpcAttachmentsRequest,
  DescribeTransitGatewayVpcAttachmentsResult
>('DescribeTransitGatewayVpcAttachments', {
  needs: (_, estate) => describing(estate, 'DescribeTransitGatewayVpcAttachments'),
  perform(input, estate) {
    const question = {
      ids: input.TransitGatewayAttachmentIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    }
    const isVpc = (one: TransitGatewayAttachmentDocument) => one.ResourceType === 'vpc'
    const { things, ...page } = describe(estate, transitGatewayAttachments, filters, question, isVpc)
    return { TransitGatewayVpcAttachments: things.map(vpcAttachmentView), ...page }
  },
})

export const modifyTransitGatewayVpcAttachment = ec2Operation<
  ModifyTransitGatewayVpcAttachmentRequest,
  ModifyTransitGatewayVpcAttachmentResult
>('ModifyTransitGatewayVpcAttachment', {
  needs: ({ TransitGatewayAttachmentId, AddSubnetIds, RemoveSubnetIds, Options = {} }, estate) => [
    on(
      estate,
      'ModifyTransitGatewayVpcAttachment',
      transitGatewayAttachments,
      TransitGatewayAttachmentId,
      attributes({ AddSubnetIds, RemoveSubnetIds, ...(Options as Record<string, unknown>) }),
    ),
    ...[...(AddSubnetIds ?? []), ...(RemoveSubnetIds ?? [])].map((id) =>
      on(estate, 'ModifyTransitGatewayVpcAttachment', subnets, id),
    ),
  ],
  perform(input, estate) {
    const attachment = vpcAttachment(estate, input.TransitGatewayAttachmentId)
    const { AddSubnetIds = [], RemoveSubnetIds = [] } = input
    const old = attachment.SubnetIds ?? []
    for (const id of RemoveSubnetIds) {
      if (!old.includes(id)) throw invalidParameter(`${id} is not a subnet of ${attachment.TransitGatewayAttachmentId}`)
    }
    const kept = old.filter((id) => !RemoveSubnetIds.includes(id))
    if (kept.length + AddSubnetIds.length === 0) {
      throw invalidParameter('A transit gateway VPC attachment has one subnet at least')
    }
    const interfaces = (attachment.NetworkInterfaceIds ?? []).filter((id) => {
      const isKept = kept.includes(estate.get(networkInterfaces, id).SubnetId)
      if (!isKept) removeInterface(estate, id)
      return isKept
    })
    const { TransitGatewayAttachmentId: id, ResourceId } = attachment
    const changed = estate.save(transitGatewayAttachments, {
      ...attachment,
      SubnetIds: [...kept, ...AddSubnetIds],
      NetworkInterfaceIds: [...interfaces, ...standIn(estate, id, ResourceId, AddSubnetIds, kept)],
      Options: { ...attachment.Options, ...input.Options },
    })
    return { TransitGatewayVpcAttachment: vpcAttachmentView(changed) }
  },
})

export const deleteTransitGatewayVpcAttachment = ec2Operation<
  DeleteTransitGatewayVpcAttachmentRequest,
  DeleteTransitGatewayVpcAttachmentResult
>('DeleteTransitGatewayVpcAttachment', {
  needs: (input, estate) => [
    on(estate, 'DeleteTransitGatewayVpcAttachment', transitGatewayAttachments, input.TransitGatewayAttachmentId),
  ],
  perform(input, estate) {
    const attachment = vpcAttachment(estate, input.TransitGatewayAttachmentId)
    const { TransitGatewayAttachmentId: id, TransitGatewayId, ResourceId } = attachment
    for (const eni of attachment.NetworkInterfaceIds ?? []) removeInterface(estate, eni)
    estate.remove(transitGatewayAttachments, id)
    leaveTables(estate, id)
    setRouteState(estate, 'TransitGatewayId', TransitGatewayId, ResourceId, 'blackhole')
    return { TransitGatewayVpcAttachment: vpcAttachmentView({ ...attachment, State: 'deleting' }) }
  },
})

function vpcAttachment(estate: Estate, id: string): TransitGatewayAttachmentDocument {
  const attachment = estate.get(transitGatewayAttachments, id)
  if (attachment.ResourceType !== 'vpc') throw incorrectState(`${id} is not a VPC attachment.`)
  return attachment
}
