/** Attachments of transit gateways, as two describe calls print them. */
import { indexed } from './list-index.ts'
import { perObject } from './memo.ts'
import type { Model, Subnet } from './model.ts'
import type { NetworkDocuments } from './types.ts'

type VpcAttachmentDocument = NetworkDocuments['TransitGatewayVpcAttachments'][number]

export interface Attachment {
  readonly id: string
  readonly transitGatewayId: string
  readonly state: string
  readonly resourceType: string
  readonly resourceId: string
  /** Of a VPC's attachment. */
  readonly subnetIds: readonly string[]
  readonly options?: VpcAttachmentDocument['Options']
  /** The route table that it is associated with, where the attachment itself tells. */
  readonly tableId?: string
}

const vpcAttachments = indexed<VpcAttachmentDocument>('TransitGatewayAttachmentId')

/** All attachments: those of VPCs stand in either list or in both. */
const attachments = perObject((documents: NetworkDocuments) => {
  const own = vpcAttachments(documents.TransitGatewayVpcAttachments)
  const found = new Map<string, Attachment>()
  for (const document of documents.TransitGatewayAttachments) {
    const id = document.TransitGatewayAttachmentId ?? ''
    const vpc = own.get(id)
    const { Association } = document
    const associated = Association && (Association.State ?? 'associated') === 'associated'
    found.set(id, {
      id,
      transitGatewayId: document.TransitGatewayId ?? '',
      state: document.State ?? 'available',
      resourceType: document.ResourceType ?? '',
      resourceId: document.ResourceId ?? '',
      subnetIds: vpc?.SubnetIds ?? [],
      ...(vpc?.Options && { options: vpc.Options }),
      ...(associated && { tableId: Association.TransitGatewayRouteTableId ?? '' }),
    })
  }
  for (const [id, document] of own as Map<string, VpcAttachmentDocument>) {
    if (found.has(id)) continue
    found.set(id, {
      id,
      transitGatewayId: document.TransitGatewayId ?? '',
      state: document.State ?? 'available',
      resourceType: 'vpc',
      resourceId: document.VpcId ?? '',
      subnetIds: document.SubnetIds ?? [],
      ...(document.Options && { options: document.Options }),
    })
  }
  return found
})

export function attachmentById({ documents }: Model, id: string): Attachment | undefined {
  return attachments(documents).get(id)
}

/** The attachment of a VPC (or VPN connection) to a transit gateway; one that is usable before all others. */
function find(model: Model, which: (attachment: Attachment) => boolean): Attachment | undefined {
  const found = [...attachments(model.documents).values()].filter(which)
  return found.find(isUsable) ?? found[0]
}

export function attachmentOfVpc(model: Model, transitGatewayId: string, vpcId: string): Attachment | undefined {
  return find(model, (one) => one.transitGatewayId === transitGatewayId && one.resourceId === vpcId)
}

export function attachmentOfConnection(model: Model, vpnConnectionId: string): Attachment | undefined {
  return find(model, (one) => one.resourceType === 'vpn' && one.resourceId === vpnConnectionId)
}

/** All attachments of a VPC that carry packets. */
export function usableAttachmentsOf(model: Model, vpcId: string): Attachment[] {
  return [...attachments(model.documents).values()].filter((one) => one.resourceId === vpcId && isUsable(one))
}

/** VPCs whose attachments to a transit gateway carry packets. */
export function vpcsOfTransitGateway({ documents }: Model, transitGatewayId: string): string[] {
  const all = [...attachments(documents).values()].filter(
    (one) => one.transitGatewayId === transitGatewayId && one.resourceType === 'vpc' && isUsable(one),
  )
  return [...new Set(all.map(({ resourceId }) => resourceId))]
}

/** While a change of the attachment is made it goes on to work. */
export function isUsable({ state }: Attachment): boolean {
  return state === 'available' || state === 'modifying'
}

/** The subnet of an attachment in a zone; without a zone, its first. */
export function standsIn(model: Model, { subnetIds }: Attachment, zone?: string): Subnet | undefined {
  const all = subnetIds.flatMap((id) => model.subnet(id) ?? [])
  return zone === undefined ? all[0] : all.find((subnet) => subnet.zone === zone)
}
