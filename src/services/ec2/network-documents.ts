import { noDocuments } from '../../network/network.ts'
import { awsPrefixLists } from '../../network/services.ts'
import type { NetworkDocuments } from '../../network/types.ts'
import type { Store } from '../../store/store.ts'
import { derived, listOf } from './document-lists.ts'
import type { TransitGatewayAttachmentDocument, VpcPeeringConnectionDocument } from './gateway-documents.ts'
import {
  customerGateways,
  egressOnlyInternetGateways,
  prefixLists,
  transitGatewayAttachments,
  transitGatewayRouteTables,
  transitGateways,
  vpcPeeringConnections,
  vpnConnections,
  vpnGateways,
} from './gateway-nouns.ts'
import {
  addresses,
  dhcpOptions,
  internetGateways,
  natGateways,
  networkAcls,
  networkInterfaces,
  routeTables,
  securityGroups,
  subnets,
  vpcEndpoints,
  vpcs,
} from './nouns.ts'
import { attachmentView, vpcAttachmentView } from './transit-gateway/attachment-views.ts'

/** Store kinds that the network model is made of, by the list that they fill. */
const lists = {
  Vpcs: vpcs.kind,
  Subnets: subnets.kind,
  RouteTables: routeTables.kind,
  NetworkAcls: networkAcls.kind,
  SecurityGroups: securityGroups.kind,
  NetworkInterfaces: networkInterfaces.kind,
  InternetGateways: internetGateways.kind,
  NatGateways: natGateways.kind,
  VpcEndpoints: vpcEndpoints.kind,
  ManagedPrefixLists: prefixLists.kind,
  DhcpOptions: dhcpOptions.kind,
  Addresses: addresses.kind,
  VpcPeeringConnections: vpcPeeringConnections.kind,
  EgressOnlyInternetGateways: egressOnlyInternetGateways.kind,
  TransitGateways: transitGateways.kind,
  TransitGatewayAttachments: transitGatewayAttachments.kind,
  TransitGatewayRouteTables: transitGatewayRouteTables.kind,
  VpnGateways: vpnGateways.kind,
  VpnConnections: vpnConnections.kind,
  CustomerGateways: customerGateways.kind,
} as const

type ListName = keyof typeof lists

/** What a path across a peering meets on the other side. */
const ofPeers = [
  'Vpcs',
  'Subnets',
  'RouteTables',
  'NetworkAcls',
  'SecurityGroups',
  'NetworkInterfaces',
  'VpcEndpoints',
] as const satisfies readonly ListName[]

/**
 * The describe-* documents of one account and Region: the network model's input. With them comes what lies across its
 * active peerings in other accounts and Regions of this server. What did not change since the last call is the same object.
 */
export function networkDocuments(store: Store, account: string, region: string): NetworkDocuments {
  const place = `${account}/${region}/`
  const own = (name: ListName) => listOf(store, lists[name], place)
  const remember = <T>(name: string, from: readonly unknown[], make: () => T): T =>
    derived(store, `${place}${name}`, from, make)
  const all: Record<string, readonly unknown[]> = Object.fromEntries(
    (Object.keys(lists) as ListName[]).map((name) => [name, own(name)]),
  )
  const attachments = own('TransitGatewayAttachments') as TransitGatewayAttachmentDocument[]
  all['TransitGatewayAttachments'] = remember('attachments', [attachments], () => attachments.map(attachmentView))
  all['TransitGatewayVpcAttachments'] = remember('vpc attachments', [attachments], () =>
    attachments.filter((one) => one.ResourceType === 'vpc').map(vpcAttachmentView),
  )
  const peers = remember('peers', [own('VpcPeeringConnections')], () =>
    peersOf(own('VpcPeeringConnections') as VpcPeeringConnectionDocument[], place),
  )
  for (const name of ofPeers) {
    const there = peers.map((peer) => {
      const list = listOf(store, lists[name], peer.place)
      return remember(`${name} of ${peer.place}`, [list, peer], () =>
        list.filter((one) => peer.vpcIds.has((one as { VpcId: string }).VpcId)),
      )
    })
    all[name] = joined(store, `${place}${name}`, [own(name), ...there])
  }
  const foreign = peers.flatMap((peer) => [
    listOf(store, lists.ManagedPrefixLists, peer.place),
    ...(peer.region === region ? [] : [awsPrefixLists(peer.region)]),
  ])
  all['ManagedPrefixLists'] = joined(store, `${place}prefix lists`, [
    awsPrefixLists(region),
    own('ManagedPrefixLists'),
    ...foreign,
  ])
  return { ...noDocuments, ...(all as unknown as NetworkDocuments) }
}

/** One list of several; the first itself where the others are empty. */
function joined(store: Store, name: string, parts: readonly (readonly unknown[])[]): readonly unknown[] {
  const [first = [], ...others] = parts
  if (others.every((one) => one.length === 0)) return first
  return derived(store, `joined ${name}`, parts, () => parts.flat())
}

interface Peer {
  /** `ACCOUNT/REGION/` */
  place: string
  region: string
  vpcIds: ReadonlySet<string>
}

/** Where the other ends of active peerings are, apart from here. */
function peersOf(peerings: readonly VpcPeeringConnectionDocument[], here: string): Peer[] {
  const peers = new Map<string, { place: string; region: string; vpcIds: Set<string> }>()
  for (const { Status, RequesterVpcInfo, AccepterVpcInfo } of peerings) {
    if (Status.Code !== 'active') continue
    for (const { OwnerId, Region: region = '', VpcId } of [RequesterVpcInfo, AccepterVpcInfo]) {
      const place = `${OwnerId}/${region}/`
      if (place === here) continue
      const peer = peers.get(place) ?? { place, region, vpcIds: new Set() }
      peers.set(place, peer)
      peer.vpcIds.add(VpcId!)
    }
  }
  return [...peers.values()]
}

/** Moves with every write to a document that the network model reads; equal numbers mean an unchanged network. */
export function ec2Epoch(store: Store): number {
  let sum = 0
  for (const kind of Object.values(lists)) sum += store.epoch(kind)
  return sum
}
