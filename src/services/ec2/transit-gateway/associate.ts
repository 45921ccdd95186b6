import { AwsError } from '../../../wire/aws-error.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayAttachmentDocument, TransitGatewayDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGatewayRouteTables } from '../gateway-nouns.ts'
import { attachmentName, renderRoutes } from './propagate.ts'

/** What an attachment gets when it is made: association and propagation by default, where its gateway has them on. */
export function joinDefaultTables(
  estate: Estate,
  { Options }: TransitGatewayDocument,
  attachment: TransitGatewayAttachmentDocument,
): TransitGatewayAttachmentDocument {
  if (Options.DefaultRouteTablePropagation === 'enable' && Options.PropagationDefaultRouteTableId) {
    propagate(estate, Options.PropagationDefaultRouteTableId, attachment)
  }
  if (Options.DefaultRouteTableAssociation === 'enable' && Options.AssociationDefaultRouteTableId) {
    return associate(estate, Options.AssociationDefaultRouteTableId, attachment)
  }
  return attachment
}

/** An attachment has one table at most. */
export function associate(
  estate: Estate,
  tableId: string,
  attachment: TransitGatewayAttachmentDocument,
): TransitGatewayAttachmentDocument {
  const table = estate.get(transitGatewayRouteTables, tableId)
  if (attachment.Association) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `Transit Gateway Attachment ${attachment.TransitGatewayAttachmentId} is already associated to a route table.`,
    )
  }
  const added = { ...attachmentName(attachment), State: 'associated' as const }
  estate.save(transitGatewayRouteTables, { ...table, Associations: [...table.Associations, added] })
  return estate.save(transitGatewayAttachments, {
    ...attachment,
    Association: { TransitGatewayRouteTableId: tableId, State: 'associated' },
  })
}

export function propagate(estate: Estate, tableId: string, attachment: TransitGatewayAttachmentDocument): void {
  const table = estate.get(transitGatewayRouteTables, tableId)
  const id = attachment.TransitGatewayAttachmentId
  if (table.Propagations.some((one) => one.TransitGatewayAttachmentId === id)) {
    // inferred: the sentence.
    throw new AwsError(
      'TransitGatewayRouteTablePropagation.Duplicate',
      `Propagation of ${id} to ${tableId} is already enabled.`,
    )
  }
  const added = { ...attachmentName(attachment), State: 'enabled' as const }
  renderRoutes(estate, { ...table, Propagations: [...table.Propagations, added] })
}

/** An attachment goes: no table has it any more, and static routes to it turn black. */
export function leaveTables(estate: Estate, attachmentId: string): void {
  const isIt = (one: { TransitGatewayAttachmentId?: string }) => one.TransitGatewayAttachmentId === attachmentId
  for (const table of estate.list(transitGatewayRouteTables)) {
    const routed = table.Routes.some((route) => route.TransitGatewayAttachments?.some(isIt))
    if (!routed && !table.Associations.some(isIt) && !table.Propagations.some(isIt)) continue
    renderRoutes(estate, {
      ...table,
      Associations: table.Associations.filter((one) => !isIt(one)),
      Propagations: table.Propagations.filter((one) => !isIt(one)),
      Routes: table.Routes.map((route) =>
        route.TransitGatewayAttachments?.some(isIt) ? { ...route, State: 'blackhole' as const } : route,
      ),
    })
  }
}
