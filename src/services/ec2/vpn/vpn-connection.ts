import type {
  CreateVpnConnectionRequest,
  CreateVpnConnectionResult,
  DeleteVpnConnectionRequest,
  DescribeVpnConnectionsRequest,
  DescribeVpnConnectionsResult,
  VpnConnection,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { canonicalCidr } from '../cidr.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { VpnConnectionDocument } from '../gateway-documents.ts'
import { customerGateways, transitGateways, vpnConnections, vpnGateways } from '../gateway-nouns.ts'
import { describing, making, on } from '../needs.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { without } from '../without.ts'
import { configurationOf } from './configuration.ts'
import { amazonAsn, joinGateway, leaveGateway } from './gateway-side.ts'
import { makeTunnels, telemetryOf } from './tunnels.ts'
import { tunnelKeys } from './tunnel-keys.ts'

/** A deleted connection is told of for a while. Seconds. inferred: how long. */
const VISIBLE = 3600

export const isVisible = (estate: Estate) => (connection: VpnConnectionDocument) =>
  connection.DeleteTime === undefined || estate.now - connection.DeleteTime < VISIBLE

/** With a virtual private gateway or a transit gateway on Amazon's side. The same request again makes no second one (API reference). */
export const createVpnConnection = ec2Operation<CreateVpnConnectionRequest, CreateVpnConnectionResult>(
  'CreateVpnConnection',
  {
    needs: (input, estate) => [
      ...making(estate, 'CreateVpnConnection', vpnConnections, input.TagSpecifications, tunnelKeys(input)),
      on(estate, 'CreateVpnConnection', customerGateways, input.CustomerGatewayId),
      ...(input.VpnGatewayId ? [on(estate, 'CreateVpnConnection', vpnGateways, input.VpnGatewayId)] : []),
      ...(input.TransitGatewayId ? [on(estate, 'CreateVpnConnection', transitGateways, input.TransitGatewayId)] : []),
    ],
    perform(input, estate) {
      const options = input.Options ?? {}
      refuseUnbuilt(input, 'VpnConcentratorId', 'PreSharedKeyStorage')
      refuseUnbuilt(
        options,
        ...(options.EnableAcceleration ? ['EnableAcceleration'] : []),
        ...(options.TunnelInsideIpVersion === 'ipv6' ? ['TunnelInsideIpVersion'] : []),
        'LocalIpv6NetworkCidr',
        'RemoteIpv6NetworkCidr',
        'TransportTransitGatewayAttachmentId',
        'TunnelBandwidth',
      )
      const customer = estate.get(customerGateways, input.CustomerGatewayId)
      const { VpnGatewayId, TransitGatewayId } = input
      if (Boolean(VpnGatewayId) === Boolean(TransitGatewayId)) {
        throw invalidCombination('Exactly one of vpnGatewayId and transitGatewayId must be specified')
      }
      const side = {
        ...(VpnGatewayId ? { VpnGatewayId: estate.get(vpnGateways, VpnGatewayId).VpnGatewayId } : {}),
        ...(TransitGatewayId
          ? { TransitGatewayId: estate.get(transitGateways, TransitGatewayId).TransitGatewayId }
          : {}),
      }
      const standing = estate.list(vpnConnections).filter((one) => one.State !== 'deleted')
      const staticRoutes = options.StaticRoutesOnly ?? false
      const same = standing.find(
        (one) =>
          one.CustomerGatewayId === customer.CustomerGatewayId &&
          one.VpnGatewayId === side.VpnGatewayId &&
          one.TransitGatewayId === side.TransitGatewayId &&
          one.Options.StaticRoutesOnly === staticRoutes,
      )
      if (same) return { VpnConnection: connectionView(same) }
      within('vpnConnections', standing.length + 1)
      for (const old of estate.list(vpnConnections)) {
        if (!isVisible(estate)(old)) estate.remove(vpnConnections, old.VpnConnectionId)
      }
      const VpnConnectionId = estate.mint(vpnConnections.prefix)
      const tunnels = makeTunnels(estate, options.TunnelOptions ?? [], (VpnGatewayId ?? TransitGatewayId)!)
      const connection = estate.save(vpnConnections, {
        VpnConnectionId,
        CustomerGatewayId: customer.CustomerGatewayId,
        ...side,
        Category: 'VPN',
        Type: 'ipsec.1',
        State: 'available',
        GatewayAssociationState: 'associated',
        CustomerGatewayConfiguration: configurationOf(
          { VpnConnectionId, ...side, amazonAsn: amazonAsn(estate, side), staticRoutes },
          customer,
          tunnels,
        ),
        Options: {
          EnableAcceleration: false,
          StaticRoutesOnly: staticRoutes,
          LocalIpv4NetworkCidr: canonicalCidr(options.LocalIpv4NetworkCidr ?? '0.0.0.0/0', 'localIpv4NetworkCidr'),
          RemoteIpv4NetworkCidr: canonicalCidr(options.RemoteIpv4NetworkCidr ?? '0.0.0.0/0', 'remoteIpv4NetworkCidr'),
          OutsideIpAddressType: options.OutsideIpAddressType ?? 'PublicIpv4',
          TunnelInsideIpVersion: 'ipv4',
          TunnelOptions: tunnels,
        },
        Routes: [],
        VgwTelemetry: telemetryOf(estate, tunnels, 0),
        Tags: givenTags(vpnConnections, input.TagSpecifications),
      })
      joinGateway(estate, connection)
      return { VpnConnection: connectionView(connection) }
    },
  },
)

export function connectionView(connection: VpnConnectionDocument): Shape<VpnConnection> {
  return without(connection, 'DeleteTime')
}

const filters = (estate: Estate): FilterTable<VpnConnectionDocument> => ({
  'bgp-asn': (connection) => estate.find(customerGateways, connection.CustomerGatewayId)?.BgpAsn,
  'customer-gateway-configuration': (connection) => connection.CustomerGatewayConfiguration,
  'customer-gateway-id': (connection) => connection.CustomerGatewayId,
  'option.static-routes-only': (connection) => connection.Options.StaticRoutesOnly,
  'route.destination-cidr-block': (connection) => connection.Routes.map((route) => route.DestinationCidrBlock),
  state: (connection) => connection.State,
  'transit-gateway-id': (connection) => connection.TransitGatewayId,
  type: (connection) => connection.Type,
  'vpn-connection-id': (connection) => connection.VpnConnectionId,
  'vpn-gateway-id': (connection) => connection.VpnGatewayId,
})

export const describeVpnConnections = ec2Operation<DescribeVpnConnectionsRequest, DescribeVpnConnectionsResult>(
  'DescribeVpnConnections',
  {
    needs: (_, estate) => describing(estate, 'DescribeVpnConnections'),
    perform(input, estate) {
      const question = { ids: input.VpnConnectionIds, filters: input.Filters }
      const { things } = describe(estate, vpnConnections, filters(estate), question, isVisible(estate))
      return { VpnConnections: things.map(connectionView) }
    },
  },
)

export const deleteVpnConnection = ec2Operation<DeleteVpnConnectionRequest, object>('DeleteVpnConnection', {
  needs: (input, estate) => [on(estate, 'DeleteVpnConnection', vpnConnections, input.VpnConnectionId)],
  perform(input, estate) {
    const connection = estate.get(vpnConnections, input.VpnConnectionId)
    if (connection.State === 'deleted') return {}
    // Its key goes at once.
    const gone = estate.save(vpnConnections, {
      ...without(connection, 'CustomerGatewayConfiguration'),
      Options: without(connection.Options, 'TunnelOptions'),
      State: 'deleted',
      DeleteTime: estate.now,
      VgwTelemetry: [],
      Routes: [],
    })
    leaveGateway(estate, gone)
    return {}
  },
})
