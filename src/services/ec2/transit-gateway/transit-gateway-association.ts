import type {
  AssociateTransitGatewayRouteTableRequest,
  AssociateTransitGatewayRouteTableResult,
  DisableTransitGatewayRouteTablePropagationRequest,
  DisableTransitGatewayRouteTablePropagationResult,
  DisassociateTransitGatewayRouteTableRequest,
  DisassociateTransitGatewayRouteTableResult,
  EnableTransitGatewayRouteTablePropagationRequest,
  EnableTransitGatewayRouteTablePropagationResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { associationNotFound, invalidParameter, missingParameter, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { transitGatewayAttachments, transitGatewayRouteTables } from '../gateway-nouns.ts'
import { on } from '../needs.ts'
import { without } from '../without.ts'
import { associate, propagate } from './associate.ts'
import { attachmentName, renderRoutes } from './propagate.ts'

interface Input {
  TransitGatewayRouteTableId?: string
  TransitGatewayAttachmentId?: string
}

/** Attachment and table are asked for. */
export const onBoth = (operation: string) => (input: Input, estate: Estate) => [
  on(estate, operation, transitGatewayAttachments, input.TransitGatewayAttachmentId),
  on(estate, operation, transitGatewayRouteTables, input.TransitGatewayRouteTableId),
]

/** Both, and of one transit gateway. */
export function bothOf(estate: Estate, input: Input) {
  if (!input.TransitGatewayAttachmentId) throw missingParameter('transitGatewayAttachmentId')
  const table = estate.get(transitGatewayRouteTables, input.TransitGatewayRouteTableId ?? '')
  const attachment = estate.get(transitGatewayAttachments, input.TransitGatewayAttachmentId)
  if (attachment.TransitGatewayId !== table.TransitGatewayId) {
    // inferred: the sentence.
    throw invalidParameter(
      `${attachment.TransitGatewayAttachmentId} and ${table.TransitGatewayRouteTableId} belong to different transit gateways`,
    )
  }
  return { table, attachment }
}

export const associateTransitGatewayRouteTable = ec2Operation<
  AssociateTransitGatewayRouteTableRequest,
  AssociateTransitGatewayRouteTableResult
>('AssociateTransitGatewayRouteTable', {
  needs: onBoth('AssociateTransitGatewayRouteTable'),
  perform(input, estate) {
    const { table, attachment } = bothOf(estate, input)
    associate(estate, table.TransitGatewayRouteTableId, attachment)
    const { TransitGatewayRouteTableId } = table
    return { Association: { TransitGatewayRouteTableId, ...attachmentName(attachment), State: 'associated' } }
  },
})

export const disassociateTransitGatewayRouteTable = ec2Operation<
  DisassociateTransitGatewayRouteTableRequest,
  DisassociateTransitGatewayRouteTableResult
>('DisassociateTransitGatewayRouteTable', {
  needs: onBoth('DisassociateTransitGatewayRouteTable'),
  perform(input, estate) {
    const { table, attachment } = bothOf(estate, input)
    const { TransitGatewayRouteTableId } = table
    if (attachment.Association?.TransitGatewayRouteTableId !== TransitGatewayRouteTableId) {
      throw associationNotFound(attachment.TransitGatewayAttachmentId)
    }
    const isIt = (one: Input) => one.TransitGatewayAttachmentId === attachment.TransitGatewayAttachmentId
    estate.save(transitGatewayRouteTables, { ...table, Associations: table.Associations.filter((one) => !isIt(one)) })
    estate.save(transitGatewayAttachments, without(attachment, 'Association'))
    return { Association: { TransitGatewayRouteTableId, ...attachmentName(attachment), State: 'disassociating' } }
  },
})

export const enableTransitGatewayRouteTablePropagation = ec2Operation<
  EnableTransitGatewayRouteTablePropagationRequest,
  EnableTransitGatewayRouteTablePropagationResult
>('EnableTransitGatewayRouteTablePropagation', {
  needs: onBoth('EnableTransitGatewayRouteTablePropagation'),
  perform(input, estate) {
    refuseUnbuilt(input, 'TransitGatewayRouteTableAnnouncementId')
    const { table, attachment } = bothOf(estate, input)
    const { TransitGatewayRouteTableId } = table
    propagate(estate, TransitGatewayRouteTableId, attachment)
    return { Propagation: { ...attachmentName(attachment), TransitGatewayRouteTableId, State: 'enabled' } }
  },
})

export const disableTransitGatewayRouteTablePropagation = ec2Operation<
  DisableTransitGatewayRouteTablePropagationRequest,
  DisableTransitGatewayRouteTablePropagationResult
>('DisableTransitGatewayRouteTablePropagation', {
  needs: onBoth('DisableTransitGatewayRouteTablePropagation'),
  perform(input, estate) {
    refuseUnbuilt(input, 'TransitGatewayRouteTableAnnouncementId')
    const { table, attachment } = bothOf(estate, input)
    const { TransitGatewayRouteTableId } = table
    const isIt = (one: Input) => one.TransitGatewayAttachmentId === attachment.TransitGatewayAttachmentId
    if (!table.Propagations.some(isIt)) {
      // inferred: the sentence.
      throw new AwsError(
        'TransitGatewayRouteTablePropagation.NotFound',
        `Propagation of ${attachment.TransitGatewayAttachmentId} to ${TransitGatewayRouteTableId} is not enabled.`,
      )
    }
    renderRoutes(estate, { ...table, Propagations: table.Propagations.filter((one) => !isIt(one)) })
    return { Propagation: { ...attachmentName(attachment), TransitGatewayRouteTableId, State: 'disabled' } }
  },
})
