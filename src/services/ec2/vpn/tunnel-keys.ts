import type { CreateVpnConnectionRequest } from '@aws-sdk/client-ec2'
import type { ContextValues } from '../../../policy/types.ts'
import type { Shape } from '../../../wire/shape.ts'

/**
 * Condition keys of a VPN connection that is about to be made (Service Authorization Reference).
 * inferred: the values of GatewayType, RoutingType and AuthenticationType.
 */
export function tunnelKeys(input: Partial<Shape<CreateVpnConnectionRequest>>): ContextValues {
  const { TunnelOptions: tunnels = [], StaticRoutesOnly = false } = input.Options ?? {}
  const keys: Record<string, string | readonly string[] | undefined> = {
    'ec2:GatewayType': input.TransitGatewayId ? 'TGW' : 'VGW',
    'ec2:RoutingType': StaticRoutesOnly ? 'static' : 'bgp',
    'ec2:AuthenticationType': 'pre-shared-key',
    'ec2:InsideTunnelCidr': all(tunnels, (one) => one.TunnelInsideCidr),
    'ec2:DPDTimeoutSeconds': all(tunnels, (one) => one.DPDTimeoutSeconds),
    'ec2:IKEVersions': all(tunnels, (one) => one.IKEVersions?.map((each) => each.Value)),
    'ec2:Phase1DHGroup': all(tunnels, (one) => one.Phase1DHGroupNumbers?.map((each) => each.Value)),
    'ec2:Phase1EncryptionAlgorithms': all(tunnels, (one) => one.Phase1EncryptionAlgorithms?.map((each) => each.Value)),
    'ec2:Phase1IntegrityAlgorithms': all(tunnels, (one) => one.Phase1IntegrityAlgorithms?.map((each) => each.Value)),
    'ec2:Phase1LifetimeSeconds': all(tunnels, (one) => one.Phase1LifetimeSeconds),
    'ec2:Phase2DHGroup': all(tunnels, (one) => one.Phase2DHGroupNumbers?.map((each) => each.Value)),
    'ec2:Phase2EncryptionAlgorithms': all(tunnels, (one) => one.Phase2EncryptionAlgorithms?.map((each) => each.Value)),
    'ec2:Phase2IntegrityAlgorithms': all(tunnels, (one) => one.Phase2IntegrityAlgorithms?.map((each) => each.Value)),
    'ec2:Phase2LifetimeSeconds': all(tunnels, (one) => one.Phase2LifetimeSeconds),
    'ec2:RekeyFuzzPercentage': all(tunnels, (one) => one.RekeyFuzzPercentage),
    'ec2:RekeyMarginTimeSeconds': all(tunnels, (one) => one.RekeyMarginTimeSeconds),
    'ec2:ReplayWindowSizePackets': all(tunnels, (one) => one.ReplayWindowSize),
  }
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as ContextValues
}

type Tunnel = NonNullable<NonNullable<Shape<CreateVpnConnectionRequest>['Options']>['TunnelOptions']>[number]
type Value = string | number | undefined

function all(tunnels: readonly Tunnel[], read: (tunnel: Tunnel) => Value | Value[]): string[] | undefined {
  const values = tunnels.flatMap((one) => read(one)).filter((value) => value !== undefined)
  return values.length > 0 ? [...new Set(values.map(String))] : undefined
}
