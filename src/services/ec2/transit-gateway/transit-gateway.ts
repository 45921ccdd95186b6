import type {
  CreateTransitGatewayRequest,
  CreateTransitGatewayResult,
  DeleteTransitGatewayRequest,
  DeleteTransitGatewayResult,
  DescribeTransitGatewaysRequest,
  DescribeTransitGatewaysResult,
  ModifyTransitGatewayRequest,
  ModifyTransitGatewayResult,
} from '@aws-sdk/client-ec2'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidParameter, invalidValue, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { TransitGatewayDocument } from '../gateway-documents.ts'
import { transitGatewayAttachments, transitGatewayRouteTables, transitGateways } from '../gateway-nouns.ts'
import { attributes, describing, making, on } from '../needs.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { incorrectState } from './incorrect-state.ts'
import { makeTransitGatewayRouteTable } from './transit-gateway-route-table.ts'

type Options = TransitGatewayDocument['Options']

/** What AWS chooses where nothing is said (API reference, TransitGatewayRequestOptions). */
const defaults: Options = {
  AmazonSideAsn: 64512,
  AutoAcceptSharedAttachments: 'disable',
  DefaultRouteTableAssociation: 'enable',
  DefaultRouteTablePropagation: 'enable',
  VpnEcmpSupport: 'enable',
  DnsSupport: 'enable',
  SecurityGroupReferencingSupport: 'disable',
  MulticastSupport: 'disable',
}

/** Available at once, with its default route table where association or propagation by default is on. */
export const createTransitGateway = ec2Operation<CreateTransitGatewayRequest, CreateTransitGatewayResult>(
  'CreateTransitGateway',
  {
    needs: (input, estate) => making(estate, 'CreateTransitGateway', transitGateways, input.TagSpecifications),
    perform(input, estate) {
      refuseUnbuilt(input.Options ?? {}, 'TransitGatewayCidrBlocks')
      if (input.Options?.MulticastSupport === 'enable') refuseUnbuilt(input.Options, 'MulticastSupport')
      within('transitGateways', estate.list(transitGateways).length + 1)
      const asn = input.Options?.AmazonSideAsn ?? 64512
      privateAsn(asn)
      const TransitGatewayId = estate.mint(transitGateways.prefix)
      const gateway = estate.save(transitGateways, {
        TransitGatewayId,
        TransitGatewayArn: estate.arn('transit-gateway', TransitGatewayId),
        State: 'available',
        OwnerId: estate.account,
        Description: input.Description ?? '',
        CreationTime: estate.now,
        Options: { ...defaults, ...input.Options, AmazonSideAsn: asn },
        Tags: givenTags(transitGateways, input.TagSpecifications),
      })
      return { TransitGateway: withDefaultTable(estate, gateway) }
    },
  },
)

/** 16-bit and 32-bit private ASNs (API reference). */
function privateAsn(asn: number): void {
  if ((asn >= 64512 && asn <= 65534) || (asn >= 4_200_000_000 && asn <= 4_294_967_294)) return
  throw invalidValue(`Value (${asn}) for parameter amazonSideAsn is invalid. Must be a private ASN.`)
}

/** Makes the table that association or propagation by default is to, unless one is there. */
function withDefaultTable(estate: Estate, gateway: TransitGatewayDocument): TransitGatewayDocument {
  const { Options, TransitGatewayId } = gateway
  const associates = Options.DefaultRouteTableAssociation === 'enable'
  const propagates = Options.DefaultRouteTablePropagation === 'enable'
  const id =
    Options.AssociationDefaultRouteTableId ??
    Options.PropagationDefaultRouteTableId ??
    (associates || propagates
      ? makeTransitGatewayRouteTable(estate, TransitGatewayId, []).TransitGatewayRouteTableId
      : undefined)
  if (id === undefined) return gateway
  const changed = estate.save(transitGateways, {
    ...gateway,
    Options: {
      ...Options,
      ...(associates ? { AssociationDefaultRouteTableId: Options.AssociationDefaultRouteTableId ?? id } : {}),
      ...(propagates ? { PropagationDefaultRouteTableId: Options.PropagationDefaultRouteTableId ?? id } : {}),
    },
  })
  markDefaultTables(estate, changed)
  return changed
}

/** The tables say whether they are the default. */
function markDefaultTables(estate: Estate, { TransitGatewayId, Options }: TransitGatewayDocument): void {
  const association = Options.DefaultRouteTableAssociation === 'enable' && Options.AssociationDefaultRouteTableId
  const propagation = Options.DefaultRouteTablePropagation === 'enable' && Options.PropagationDefaultRouteTableId
  for (const table of estate.list(transitGatewayRouteTables)) {
    if (table.TransitGatewayId !== TransitGatewayId) continue
    const id = table.TransitGatewayRouteTableId
    const DefaultAssociationRouteTable = id === association
    const DefaultPropagationRouteTable = id === propagation
    if (
      table.DefaultAssociationRouteTable !== DefaultAssociationRouteTable ||
      table.DefaultPropagationRouteTable !== DefaultPropagationRouteTable
    ) {
      estate.save(transitGatewayRouteTables, { ...table, DefaultAssociationRouteTable, DefaultPropagationRouteTable })
    }
  }
}

const option = (read: (options: Options) => string | number | undefined) => (gateway: TransitGatewayDocument) =>
  read(gateway.Options)

const filters: FilterTable<TransitGatewayDocument> = {
  'options.amazon-side-asn': option((one) => one.AmazonSideAsn),
  'options.association-default-route-table-id': option((one) => one.AssociationDefaultRouteTableId),
  'options.auto-accept-shared-attachments': option((one) => one.AutoAcceptSharedAttachments),
  'options.default-route-table-association': option((one) => one.DefaultRouteTableAssociation),
  'options.default-route-table-propagation': option((one) => one.DefaultRouteTablePropagation),
  'options.dns-support': option((one) => one.DnsSupport),
  'options.propagation-default-route-table-id': option((one) => one.PropagationDefaultRouteTableId),
  'options.vpn-ecmp-support': option((one) => one.VpnEcmpSupport),
  'owner-id': (gateway) => gateway.OwnerId,
  state: (gateway) => gateway.State,
  'transit-gateway-id': (gateway) => gateway.TransitGatewayId,
}

export const describeTransitGateways = ec2Operation<DescribeTransitGatewaysRequest, DescribeTransitGatewaysResult>(
  'DescribeTransitGateways',
  {
    needs: (_, estate) => describing(estate, 'DescribeTransitGateways'),
    perform(input, estate) {
      const { things, ...page } = describe(estate, transitGateways, filters, {
        ids: input.TransitGatewayIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { TransitGateways: things, ...page }
    },
  },
)

/** Other defaults hold for attachments that come after (API reference, ModifyTransitGateway). */
export const modifyTransitGateway = ec2Operation<ModifyTransitGatewayRequest, ModifyTransitGatewayResult>(
  'ModifyTransitGateway',
  {
    needs: ({ TransitGatewayId, Description, Options = {} }, estate) => [
      on(
        estate,
        'ModifyTransitGateway',
        transitGateways,
        TransitGatewayId,
        attributes({ Description, ...(Options as Record<string, unknown>) }),
      ),
      ...[Options.AssociationDefaultRouteTableId, Options.PropagationDefaultRouteTableId]
        .filter((id) => id !== undefined)
        .map((id) => on(estate, 'ModifyTransitGateway', transitGatewayRouteTables, id)),
    ],
    perform(input, estate) {
      const gateway = estate.get(transitGateways, input.TransitGatewayId)
      const { Options = {} } = input
      refuseUnbuilt(Options, 'AddTransitGatewayCidrBlocks', 'RemoveTransitGatewayCidrBlocks', 'EncryptionSupport')
      const { AmazonSideAsn } = Options
      if (AmazonSideAsn !== undefined) {
        privateAsn(AmazonSideAsn)
        const vpn = estate
          .list(transitGatewayAttachments)
          .some((one) => one.TransitGatewayId === gateway.TransitGatewayId && one.ResourceType === 'vpn')
        // inferred: the sentence.
        if (vpn) throw incorrectState(`${gateway.TransitGatewayId} has VPN attachments: its ASN cannot be changed.`)
      }
      for (const id of [Options.AssociationDefaultRouteTableId, Options.PropagationDefaultRouteTableId]) {
        if (id === undefined) continue
        if (estate.get(transitGatewayRouteTables, id).TransitGatewayId !== gateway.TransitGatewayId) {
          throw invalidParameter(`${id} is not a route table of ${gateway.TransitGatewayId}`)
        }
      }
      const changed = estate.save(transitGateways, {
        ...gateway,
        Description: input.Description ?? gateway.Description ?? '',
        Options: { ...gateway.Options, ...(Options as Options) },
      })
      markDefaultTables(estate, changed)
      return { TransitGateway: withDefaultTable(estate, changed) }
    },
  },
)

/** Its route tables go with it; attachments hold it. */
export const deleteTransitGateway = ec2Operation<DeleteTransitGatewayRequest, DeleteTransitGatewayResult>(
  'DeleteTransitGateway',
  {
    needs: (input, estate) => [on(estate, 'DeleteTransitGateway', transitGateways, input.TransitGatewayId)],
    perform(input, estate) {
      const gateway = estate.get(transitGateways, input.TransitGatewayId)
      const id = gateway.TransitGatewayId
      const attached = estate
        .list(transitGatewayAttachments)
        .filter((one) => one.TransitGatewayId === id && one.State !== 'deleted')
      if (attached.length > 0) {
        throw incorrectState(
          `${id} has non-deleted Transit Gateway Attachments: ${attached.map((one) => one.TransitGatewayAttachmentId).join(', ')}.`,
        )
      }
      for (const table of estate.list(transitGatewayRouteTables)) {
        if (table.TransitGatewayId === id) estate.remove(transitGatewayRouteTables, table.TransitGatewayRouteTableId)
      }
      estate.remove(transitGateways, id)
      return { TransitGateway: { ...gateway, State: 'deleting' } }
    },
  },
)
