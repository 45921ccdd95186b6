/**
 * Route tables of transit gateways: the longest prefix wins; among equal ones static before propagated, and of those a
 * VPC's before a VPN's (Transit Gateways guide, "Route evaluation order").
 */
import { contains, formatCidr, parseBlock } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { indexed } from './list-index.ts'
import { perKey, perObject } from './memo.ts'
import type { Model } from './model.ts'
import { attachmentById } from './transit-attachments.ts'
import type { Attachment } from './transit-attachments.ts'
import type { NetworkDocuments } from './types.ts'
import { connectionById, staticBlocks } from './vpn-connection.ts'

type TableDocument = NetworkDocuments['TransitGatewayRouteTables'][number]

export interface TransitRoute {
  readonly destination: Block
  readonly attachmentId: string
  readonly blackhole: boolean
  /** 0 static, 1 static by prefix list, 2 propagated of a VPC, 3 of anything else. */
  readonly priority: number
  /** In words: `10.7.0.0/16 → tgw-attach-… (propagated)`. */
  readonly text: string
}

export interface TransitTable {
  readonly id: string
  /** Best first. */
  readonly routes: readonly TransitRoute[]
}

const tablesById = indexed<TableDocument>('TransitGatewayRouteTableId')
const gatewaysById = indexed<NetworkDocuments['TransitGateways'][number]>('TransitGatewayId')

export function transitGatewayById(
  { documents }: Model,
  id: string,
): NetworkDocuments['TransitGateways'][number] | undefined {
  return gatewaysById(documents.TransitGateways).get(id)
}

const tableOfAttachment = perObject((list: NetworkDocuments['TransitGatewayRouteTables']) => {
  const index = new Map<string, TableDocument>()
  for (const table of list) {
    for (const { TransitGatewayAttachmentId: id, State } of table.Associations ?? [])
      if (id !== undefined && (State ?? 'associated') === 'associated') index.set(id, table)
  }
  return index
})

/** The route table that decides about what comes in by an attachment. */
export function tableOf(model: Model, { id, tableId }: Attachment): TransitTable | undefined {
  const all = model.documents.TransitGatewayRouteTables
  const document = tableOfAttachment(all).get(id) ?? tablesById(all).get(tableId)
  return document && compiled(model)(document)
}

/** A table by its id, for whoever looks for a fix. */
export function transitTableById(model: Model, id: string): TransitTable | undefined {
  const document = tablesById(model.documents.TransitGatewayRouteTables).get(id)
  return document && compiled(model)(document)
}

const compiled = perObject((model: Model) => perKey((document: TableDocument) => compile(model, document)))

function compile(model: Model, { TransitGatewayRouteTableId, Routes = [], Propagations = [] }: TableDocument) {
  const routes: TransitRoute[] = []
  const add = (destination: Block, attachmentId: string, blackhole: boolean, priority: number): void => {
    const how = blackhole ? 'blackhole' : priority > 1 ? 'propagated' : 'static'
    const text = `${formatCidr(destination)} → ${attachmentId || 'nothing'} (${how})`
    routes.push({ destination, attachmentId, blackhole, priority, text })
  }
  for (const route of Routes) {
    const attachmentId = route.TransitGatewayAttachments?.[0]?.TransitGatewayAttachmentId ?? ''
    const listed = route.PrefixListId
    const own = parseBlock(route.DestinationCidrBlock ?? '')
    const blocks = listed ? model.prefixList(listed) : own ? [own] : []
    const isVpc = route.TransitGatewayAttachments?.[0]?.ResourceType === 'vpc'
    const priority = route.Type === 'propagated' ? (isVpc ? 2 : 3) : listed ? 1 : 0
    const blackhole = route.State === 'blackhole' || attachmentId === ''
    for (const block of blocks) add(block, attachmentId, blackhole, priority)
  }
  // What is propagated may be listed among the routes, or only be told by the propagation.
  for (const { TransitGatewayAttachmentId: id = '', State } of Propagations) {
    const attachment = attachmentById(model, id)
    if (!attachment || (State ?? 'enabled') !== 'enabled') continue
    for (const block of announcedBy(model, attachment)) add(block, id, false, attachment.resourceType === 'vpc' ? 2 : 3)
  }
  routes.sort((one, other) => other.destination.length - one.destination.length || one.priority - other.priority)
  return { id: TransitGatewayRouteTableId ?? '', routes }
}

/** Blocks that an attachment propagates: a VPC's own, a VPN connection's static routes. */
function announcedBy(model: Model, { resourceType, resourceId }: Attachment): readonly Block[] {
  if (resourceType === 'vpc') return model.vpc(resourceId)?.blocks ?? []
  const connection = resourceType === 'vpn' ? connectionById(model, resourceId) : undefined
  return connection ? staticBlocks(connection) : []
}

export function lookupTransit({ routes }: TransitTable, address: Ip): TransitRoute | undefined {
  return routes.find(({ destination }) => contains(destination, address))
}

/** Every block that any table names. */
export function transitBlocks(model: Model): Block[] {
  return model.documents.TransitGatewayRouteTables.flatMap((document) =>
    compiled(model)(document).routes.map(({ destination }) => destination),
  )
}
