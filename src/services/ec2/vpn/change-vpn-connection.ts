import type {
  CreateVpnConnectionRouteRequest,
  DeleteVpnConnectionRouteRequest,
  ModifyVpnConnectionOptionsRequest,
  ModifyVpnConnectionOptionsResult,
  ModifyVpnConnectionRequest,
  ModifyVpnConnectionResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { canonicalCidr } from '../cidr.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { VpnConnectionDocument } from '../gateway-documents.ts'
import { customerGateways, transitGateways, vpnConnections, vpnGateways } from '../gateway-nouns.ts'
import { attributes, on } from '../needs.ts'
import { without } from '../without.ts'
import { configurationOf } from './configuration.ts'
import { amazonAsn, joinGateway, leaveGateway, tell } from './gateway-side.ts'
import { telemetryOf, type Tunnel } from './tunnels.ts'
import { connectionView } from './vpn-connection.ts'

/** A network behind the customer's device; route tables that follow the gateway get it. */
export const createVpnConnectionRoute = ec2Operation<CreateVpnConnectionRouteRequest, object>(
  'CreateVpnConnectionRoute',
  {
    needs: (input, estate) => [on(estate, 'CreateVpnConnectionRoute', vpnConnections, input.VpnConnectionId)],
    perform(input, estate) {
      const connection = withStaticRoutes(estate, input.VpnConnectionId)
      const DestinationCidrBlock = canonicalCidr(input.DestinationCidrBlock, 'destinationCidrBlock')
      if (connection.Routes.some((route) => route.DestinationCidrBlock === DestinationCidrBlock)) return {}
      const added = { DestinationCidrBlock, Source: 'Static' as const, State: 'available' as const }
      saveRoutes(estate, connection, [...connection.Routes, added])
      return {}
    },
  },
)

export const deleteVpnConnectionRoute = ec2Operation<DeleteVpnConnectionRouteRequest, object>(
  'DeleteVpnConnectionRoute',
  {
    needs: (input, estate) => [on(estate, 'DeleteVpnConnectionRoute', vpnConnections, input.VpnConnectionId)],
    perform(input, estate) {
      const connection = withStaticRoutes(estate, input.VpnConnectionId)
      const block = canonicalCidr(input.DestinationCidrBlock, 'destinationCidrBlock')
      const left = connection.Routes.filter((route) => route.DestinationCidrBlock !== block)
      if (left.length === connection.Routes.length) {
        throw new AwsError(
          'InvalidRoute.NotFound',
          `no route with destination-cidr-block ${block} in VPN connection ${connection.VpnConnectionId}`,
        )
      }
      saveRoutes(estate, connection, left)
      return {}
    },
  },
)

function withStaticRoutes(estate: Estate, id: string): VpnConnectionDocument {
  const connection = available(estate, id)
  if (!connection.Options.StaticRoutesOnly) {
    throw new AwsError('InvalidVpnConnection.InvalidType', `The VPN connection ${id} does not support static routes.`)
  }
  return connection
}

/** inferred: both sentences; the codes are EC2's. */
function available(estate: Estate, id: string): VpnConnectionDocument {
  const connection = estate.get(vpnConnections, id)
  if (connection.State !== 'available') {
    throw new AwsError('InvalidVpnConnection.InvalidState', `The VPN connection ${id} is not in the available state.`)
  }
  return connection
}

function saveRoutes(estate: Estate, connection: VpnConnectionDocument, Routes: VpnConnectionDocument['Routes']): void {
  const VgwTelemetry = connection.VgwTelemetry.map((one) => ({ ...one, AcceptedRouteCount: Routes.length }))
  tell(estate, estate.save(vpnConnections, { ...connection, Routes, VgwTelemetry }))
}

/** Another gateway on either side; the tunnels and their keys stay. */
export const modifyVpnConnection = ec2Operation<ModifyVpnConnectionRequest, ModifyVpnConnectionResult>(
  'ModifyVpnConnection',
  {
    needs: ({ VpnConnectionId, CustomerGatewayId, TransitGatewayId, VpnGatewayId }, estate) => [
      on(
        estate,
        'ModifyVpnConnection',
        vpnConnections,
        VpnConnectionId,
        attributes({ CustomerGatewayId, TransitGatewayId, VpnGatewayId }),
      ),
    ],
    perform(input, estate) {
      const old = available(estate, input.VpnConnectionId)
      const { VpnGatewayId, TransitGatewayId, CustomerGatewayId = old.CustomerGatewayId } = input
      if (VpnGatewayId && TransitGatewayId) {
        throw invalidCombination('Only one of vpnGatewayId and transitGatewayId may be specified')
      }
      if (!VpnGatewayId && !TransitGatewayId && !input.CustomerGatewayId) {
        throw invalidCombination('No attributes specified.')
      }
      const customer = estate.get(customerGateways, CustomerGatewayId)
      if (VpnGatewayId) estate.get(vpnGateways, VpnGatewayId)
      if (TransitGatewayId) estate.get(transitGateways, TransitGatewayId)
      const side = VpnGatewayId
        ? { VpnGatewayId }
        : TransitGatewayId
          ? { TransitGatewayId }
          : {
              ...(old.VpnGatewayId ? { VpnGatewayId: old.VpnGatewayId } : {}),
              ...(old.TransitGatewayId ? { TransitGatewayId: old.TransitGatewayId } : {}),
            }
      const tunnels = old.Options.TunnelOptions as Tunnel[]
      const { VpnConnectionId } = old
      const changed = estate.save(vpnConnections, {
        ...without(old, 'VpnGatewayId', 'TransitGatewayId'),
        ...side,
        CustomerGatewayId,
        CustomerGatewayConfiguration: configurationOf(
          {
            VpnConnectionId,
            ...side,
            amazonAsn: amazonAsn(estate, side),
            staticRoutes: old.Options.StaticRoutesOnly ?? false,
          },
          customer,
          tunnels,
        ),
        VgwTelemetry: telemetryOf(estate, tunnels, old.Routes.length),
      })
      if (VpnGatewayId || TransitGatewayId) {
        leaveGateway(estate, old)
        joinGateway(estate, changed)
      }
      return { VpnConnection: connectionView(changed) }
    },
  },
)

/** The networks on both sides that may talk. */
export const modifyVpnConnectionOptions = ec2Operation<
  ModifyVpnConnectionOptionsRequest,
  ModifyVpnConnectionOptionsResult
>('ModifyVpnConnectionOptions', {
  needs: ({ VpnConnectionId, LocalIpv4NetworkCidr, RemoteIpv4NetworkCidr }, estate) => [
    on(
      estate,
      'ModifyVpnConnectionOptions',
      vpnConnections,
      VpnConnectionId,
      attributes({ LocalIpv4NetworkCidr, RemoteIpv4NetworkCidr }),
    ),
  ],
  perform(input, estate) {
    refuseUnbuilt(input, 'LocalIpv6NetworkCidr', 'RemoteIpv6NetworkCidr', 'TunnelBandwidth')
    const connection = available(estate, input.VpnConnectionId)
    const { LocalIpv4NetworkCidr: local, RemoteIpv4NetworkCidr: remote } = input
    if (!local && !remote) throw invalidCombination('No attributes specified.')
    const changed = estate.save(vpnConnections, {
      ...connection,
      Options: {
        ...connection.Options,
        ...(local ? { LocalIpv4NetworkCidr: canonicalCidr(local, 'localIpv4NetworkCidr') } : {}),
        ...(remote ? { RemoteIpv4NetworkCidr: canonicalCidr(remote, 'remoteIpv4NetworkCidr') } : {}),
      },
    })
    return { VpnConnection: connectionView(changed) }
  },
})
