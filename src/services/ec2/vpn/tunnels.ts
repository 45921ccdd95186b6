import type { TunnelOption, VgwTelemetry, VpnTunnelOptionsSpecification } from '@aws-sdk/client-ec2'
import { contains, formatCidr, formatIpv4, parseCidr, parseIpv4 } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { publicAddress } from '../address/bind-address.ts'
import { invalidParameter, invalidValueOf, refuseUnbuilt } from '../errors.ts'
import type { Estate } from '../estate.ts'
import type { VpnConnectionDocument } from '../gateway-documents.ts'
import { vpnConnections } from '../gateway-nouns.ts'

export type Tunnel = Shape<TunnelOption> & { OutsideIpAddress: string; TunnelInsideCidr: string; PreSharedKey: string }

/** Inside blocks that AWS keeps for itself (Site-to-Site VPN User Guide, "Tunnel options"). */
const RESERVED = ['0.0', '1.0', '2.0', '3.0', '4.0', '5.0', '169.252'].map((end) => `169.254.${end}/30`)

/** Two tunnels, as every connection has; what is not given is chosen: address, inside block, key. */
export function makeTunnels(
  estate: Estate,
  given: readonly Shape<VpnTunnelOptionsSpecification>[],
  gatewayId: string,
): Tunnel[] {
  if (given.length > 2) throw invalidParameter('A VPN connection has two tunnels')
  const everywhere = estate.call.world.store.list<VpnConnectionDocument>(vpnConnections.kind).map((row) => row.value)
  const tunnelsOf = (of: readonly VpnConnectionDocument[]) => of.flatMap((one) => one.Options.TunnelOptions ?? [])
  const outside = new Set(tunnelsOf(everywhere).map((one) => one.OutsideIpAddress))
  const neighbours = estate
    .list(vpnConnections)
    .filter((one) => gatewayOf(one) === gatewayId && one.State !== 'deleted')
  const inside = new Set(tunnelsOf(neighbours).map((one) => one.TunnelInsideCidr!))
  return [0, 1].map((at) => {
    const options = given[at] ?? {}
    refuseUnbuilt(options, 'TunnelInsideIpv6Cidr', 'LogOptions')
    const TunnelInsideCidr = options.TunnelInsideCidr
      ? givenInside(options.TunnelInsideCidr, inside)
      : freeInside(estate, inside)
    inside.add(TunnelInsideCidr)
    let OutsideIpAddress = publicAddress(estate)
    while (outside.has(OutsideIpAddress)) OutsideIpAddress = publicAddress(estate)
    outside.add(OutsideIpAddress)
    return {
      ...chosen(options),
      OutsideIpAddress,
      TunnelInsideCidr,
      PreSharedKey: keyFor(estate, options.PreSharedKey),
    }
  })
}

/** What was asked for, as DescribeVpnConnections spells it; members that were not given are not shown. */
function chosen(options: Shape<VpnTunnelOptionsSpecification>): Shape<TunnelOption> {
  const {
    TunnelInsideCidr: _inside,
    PreSharedKey: _key,
    DPDTimeoutSeconds,
    DPDTimeoutAction,
    IKEVersions,
    LogOptions: _log,
    ...same
  } = options
  return {
    ...(same as Shape<TunnelOption>),
    ...(DPDTimeoutSeconds === undefined ? {} : { DpdTimeoutSeconds: DPDTimeoutSeconds }),
    ...(DPDTimeoutAction === undefined ? {} : { DpdTimeoutAction: DPDTimeoutAction }),
    ...(IKEVersions === undefined ? {} : { IkeVersions: IKEVersions }),
  }
}

export const gatewayOf = (connection: VpnConnectionDocument): string | undefined =>
  connection.VpnGatewayId ?? connection.TransitGatewayId

function givenInside(text: string, taken: ReadonlySet<string>): string {
  const block = parseCidr(text)
  const linkLocal = block && contains(parseCidr('169.254.0.0/16')!, block.base)
  if (!block || block.length !== 30 || !linkLocal || RESERVED.includes(formatCidr(block))) {
    throw invalidValueOf(text, 'tunnelInsideCidr', 'Must be a /30 of 169.254.0.0/16 that is not reserved.')
  }
  const cidr = formatCidr(block)
  if (taken.has(cidr)) throw new AwsError('InvalidCidr.InUse', `The inside tunnel CIDR ${cidr} is already in use`)
  return cidr
}

function freeInside(estate: Estate, taken: ReadonlySet<string>): string {
  const base = parseIpv4('169.254.0.0')!
  for (;;) {
    const block = { base: base + (parseInt(estate.call.world.hex(4), 16) & 0xfffc), length: 30 }
    const cidr = formatCidr(block)
    if (!RESERVED.includes(cidr) && !taken.has(cidr)) return cidr
  }
}

/** 8 to 64 letters, digits, dots and underscores, the first no zero (API reference). */
function keyFor(estate: Estate, given: string | undefined): string {
  if (given === undefined) return `k${estate.call.world.hex(31)}`
  if (!/^[A-Za-z1-9._][A-Za-z0-9._]{7,63}$/.test(given)) {
    // The key itself is not repeated.
    throw invalidParameter(
      'The pre-shared key must be 8 to 64 letters, digits, dots or underscores, and not start with 0.',
    )
  }
  return given
}

/** Addresses inside a tunnel: Amazon's side has the first, the customer's the second. */
export function insideAddresses(tunnel: Tunnel): { amazon: string; customer: string } {
  const { base } = parseCidr(tunnel.TunnelInsideCidr)!
  return { amazon: formatIpv4(base + 1), customer: formatIpv4(base + 2) }
}

/**
 * inferred: there is nobody at the other end to negotiate with, so both tunnels are told as UP from the first; a
 * connection is brought down by deleting it. On AWS they are DOWN until the customer's device has negotiated.
 */
export function telemetryOf(estate: Estate, tunnels: readonly Tunnel[], routes: number): Shape<VgwTelemetry>[] {
  return tunnels.map(({ OutsideIpAddress }) => ({
    OutsideIpAddress,
    Status: 'UP',
    StatusMessage: '',
    AcceptedRouteCount: routes,
    LastStatusChange: estate.now,
  }))
}
