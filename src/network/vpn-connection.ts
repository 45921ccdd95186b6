/**
 * Site-to-Site VPN connections, and what lies behind them. Of a network on premises the documents tell two things: which
 * blocks it has, if the connection's routes are static, and whether a tunnel is up. Who listens there nobody can know.
 */
import { contains, formatIp, parseBlocks } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { indexed } from './list-index.ts'
import type { Model } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Flow, Path } from './path.ts'
import type { NetworkDocuments } from './types.ts'

export type VpnConnectionDocument = NetworkDocuments['VpnConnections'][number]

const byId = indexed<VpnConnectionDocument>('VpnConnectionId')

export function connectionById({ documents }: Model, id: string): VpnConnectionDocument | undefined {
  return byId(documents.VpnConnections).get(id)
}

/** Static routes of a connection. */
export function staticBlocks({ Routes = [] }: VpnConnectionDocument): Block[] {
  const there = Routes.filter((route) => (route.State ?? 'available') === 'available')
  return parseBlocks(there.map((route) => route.DestinationCidrBlock))
}

/**
 * Whether the network behind a connection has an address.
 * inferred: what BGP announces is not in the documents, so behind a dynamic connection may be anything.
 */
export function liesBehind(connection: VpnConnectionDocument, address: Ip): boolean {
  if (!(connection.Options?.StaticRoutesOnly ?? false)) return true
  return staticBlocks(connection).some((own) => contains(own, address))
}

export function isUp({ State, VgwTelemetry = [] }: VpnConnectionDocument): boolean {
  return (State ?? 'available') === 'available' && VgwTelemetry.some((tunnel) => tunnel.Status === 'UP')
}

/** Whether packets get through the tunnels of a connection. `code`: BAD_STATE_VPN, or what a transit gateway calls it. */
export function passTunnels(
  path: Path,
  connection: VpnConnectionDocument | undefined,
  id: string,
  direction: 'in' | 'out',
  code: string,
): void {
  if (connection && isUp(connection)) return pass(path, 'vpn-connection', id, direction, 'a tunnel is up')
  const state = connection?.State ?? 'available'
  const why = !connection
    ? 'is not among the documents'
    : state === 'available'
      ? 'has no tunnel that is up'
      : `is ${state}`
  block(path, 'vpn-connection', direction, { layer: 'route', code, component: id, text: `${id} ${why}` })
}

/** On premises, behind a VPN connection. */
export function arriveOnPremises(
  path: Path,
  _model: Model,
  flow: Flow,
  connection: VpnConnectionDocument | undefined,
  id: string,
  code: string,
): Arrival {
  passTunnels(path, connection, id, 'out', code)
  const { destination } = flow
  if (connection && !liesBehind(connection, destination)) {
    const text = `${id} has no static route to ${formatIp(destination)}`
    block(path, 'vpn-connection', 'out', { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component: id, text })
  }
  const text = `${formatIp(destination)}: whether it exists and listens there is beyond this model`
  pass(path, 'on-premises', 'on-premises', 'in', text)
  return { via: 'local', sourceIp: formatIp(flow.source) }
}
