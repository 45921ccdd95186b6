/** Transit gateways and networks on premises, of random networks: what joins VPCs to others. */
import type { Random } from '../../policy/random.ts'
import { PEER, VPC, type Doc, type SubnetDocument } from './ground.ts'

/** Behind the VPN connection of the virtual private gateway, and behind that of the transit gateway. */
export const OFFICE = '192.168.0.0/24'
export const OTHER_OFFICE = '192.168.1.0/24'
/** Who lives there, by connection. */
export const HOSTS: Readonly<Record<string, string>> = { 'vpn-0': '192.168.0.5', 'vpn-1': '192.168.1.5' }

const states = ['available', 'available', 'available', 'available', 'modifying', 'deleting']

/** A virtual private gateway with a VPN connection. */
export function virtualGateway(random: Random): Record<'VpnGateways' | 'VpnConnections', Doc[]> {
  return {
    VpnGateways: [{ VpnGatewayId: 'vgw-0', State: 'available', VpcAttachments: [{ VpcId: VPC, State: 'attached' }] }],
    VpnConnections: [connection(random, 'vpn-0', { VpnGatewayId: 'vgw-0' }, OFFICE)],
  }
}

function connection(random: Random, VpnConnectionId: string, gateway: Doc, block: string): Doc {
  return {
    VpnConnectionId,
    ...gateway,
    State: 'available',
    Options: { StaticRoutesOnly: random.chance(0.7) },
    Routes: [
      { DestinationCidrBlock: random.pick([block, block, '192.168.0.0/16', '172.16.0.0/12']), State: 'available' },
    ],
    VgwTelemetry: [{ Status: random.pick(['UP', 'UP', 'UP', 'UP', 'DOWN']) }, { Status: 'DOWN' }],
  }
}

/** A transit gateway between both VPCs and a VPN connection, with one or two route tables. */
export function transitGateway(random: Random, subnets: readonly SubnetDocument[]) {
  const attachments = [
    { id: 'tgw-attach-0', ResourceType: 'vpc', ResourceId: VPC, block: '10.0.0.0/16' },
    { id: 'tgw-attach-1', ResourceType: 'vpc', ResourceId: PEER, block: '10.1.0.0/16' },
    { id: 'tgw-attach-vpn', ResourceType: 'vpn', ResourceId: 'vpn-1', block: OTHER_OFFICE },
  ].map((one) => ({ ...one, state: random.pick(states) }))
  const support = () => random.pick([{}, {}, { SecurityGroupReferencingSupport: 'enable' }])
  const tables = random.pick([['tgw-rtb-0'], ['tgw-rtb-0', 'tgw-rtb-1']])
  const home = new Map(attachments.map(({ id }) => [id, random.chance(0.92) ? random.pick(tables) : undefined]))
  return {
    TransitGateways: [{ TransitGatewayId: 'tgw-0', State: 'available', Options: support() }],
    TransitGatewayAttachments: attachments.map(({ id, ResourceType, ResourceId, state }) => ({
      TransitGatewayAttachmentId: id,
      TransitGatewayId: 'tgw-0',
      ResourceType,
      ResourceId,
      State: state,
    })),
    TransitGatewayVpcAttachments: attachments
      .filter(({ ResourceType }) => ResourceType === 'vpc')
      .map(({ id, ResourceId, state }) => ({
        TransitGatewayAttachmentId: id,
        TransitGatewayId: 'tgw-0',
        VpcId: ResourceId,
        State: state,
        SubnetIds:
          ResourceId === PEER
            ? ['subnet-peer']
            : subnets.filter((_, at) => at === 0 || random.chance(0.6)).map(({ SubnetId }) => SubnetId),
        Options: support(),
      })),
    TransitGatewayRouteTables: tables.map((TransitGatewayRouteTableId) => ({
      TransitGatewayRouteTableId,
      TransitGatewayId: 'tgw-0',
      State: 'available',
      Routes: random.several(0, 1, () => staticRoute(random)),
      Associations: attachments
        .filter(({ id }) => home.get(id) === TransitGatewayRouteTableId)
        .map(({ id }) => ({ TransitGatewayAttachmentId: id, State: 'associated' })),
      Propagations: attachments
        .filter(() => random.chance(0.8))
        .map(({ id }) => ({ TransitGatewayAttachmentId: id, State: 'enabled' })),
    })),
    VpnConnections: [connection(random, 'vpn-1', { TransitGatewayId: 'tgw-0' }, OTHER_OFFICE)],
  }
}

function staticRoute(random: Random): Doc {
  const blackhole = random.chance(0.2)
  const TransitGatewayAttachmentId = random.pick(['tgw-attach-0', 'tgw-attach-1', 'tgw-attach-vpn'])
  return {
    DestinationCidrBlock: random.pick(['10.0.0.0/16', '10.1.0.0/16', '10.1.1.0/24', '192.168.0.0/16', '0.0.0.0/0']),
    Type: 'static',
    State: blackhole ? 'blackhole' : 'active',
    ...(!blackhole && { TransitGatewayAttachments: [{ TransitGatewayAttachmentId }] }),
  }
}
