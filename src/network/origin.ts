/** Where a connection starts: at an interface, known or only supposed, on the internet, or on premises. */
import type { NetworkOrigin } from './types.ts'
import { formatIp, parseIp, parseIpv4, parseIpv6, privateRange } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { arriveInPublic } from './internet-gateway.ts'
import type { Interface, Model } from './model.ts'
import { comeFromOnPremises, hostOnPremises } from './on-premises.ts'
import { block, pass } from './path.ts'
import type { Arrival, Path } from './path.ts'
import { leave, replyPorts } from './walk.ts'
import type { Question } from './walk.ts'

export interface Families {
  readonly four: boolean
  readonly six: boolean
}

/** Where the connection starts. */
export interface Source {
  /** Of a client in a VPC. */
  readonly from?: Interface
  readonly families: Families
  walk(path: Path, asked: Question): Arrival | undefined
}

/** Undefined where the origin is nothing that can send; the path says why. */
export function sourceOf(path: Path, model: Model, origin: NetworkOrigin): Source | undefined {
  if (origin.kind === 'internet') {
    pass(path, 'internet', 'internet', 'out', origin.ip)
    const ip = parseIp(origin.ip)
    // A client behind any other kind of address is only known to be outside.
    const families = { four: typeof ip !== 'bigint', six: typeof ip === 'bigint' }
    return { families, walk: (way, asked) => comeFromInternet(way, model, origin.ip, ip, asked) }
  }
  if (origin.kind === 'on-premises') return onPremises(path, model, origin)
  const host = origin.kind === 'interface' ? hostOnPremises(origin.networkInterfaceId) : undefined
  if (host) return onPremises(path, model, host)
  const from = place(path, model, origin)
  return (
    from && {
      from,
      families: { four: from.address !== undefined, six: from.address6 !== undefined },
      walk: (way, asked) => leave(way, model, from, asked),
    }
  )
}

/** At a host behind a VPN connection or a virtual private gateway. */
function onPremises(
  path: Path,
  model: Model,
  { gatewayId, ip }: { gatewayId: string; ip: string },
): Source | undefined {
  const source = parseIp(ip)
  if (source === undefined) {
    const text = `${ip} is no IP address`
    block(path, 'on-premises', 'out', { layer: 'subnet', code: 'UNKNOWN_RESOURCE', component: gatewayId, text })
    return undefined
  }
  return {
    families: { four: typeof source === 'number', six: typeof source === 'bigint' },
    walk: (way, asked) => leavePremises(way, model, gatewayId, source, asked),
  }
}

/** Packets of a host on premises to an address, there and back. */
export function leavePremises(
  path: Path,
  model: Model,
  gatewayId: string,
  source: Ip,
  asked: Question,
): Arrival | undefined {
  return comeFromOnPremises(
    path,
    model,
    { ...asked, source, replyPorts: replyPorts(asked.protocol), gateways: 0 },
    gatewayId,
  )
}

/** From a client on the internet. `source`: its address, where it has spelt one. */
function comeFromInternet(path: Path, model: Model, ip: string, source: Ip | undefined, asked: Question): Arrival {
  const { destination } = asked
  const range = privateRange(destination)
  if (range) {
    const text = `${formatIp(destination)} is a private address (${range}): nothing on the internet leads there`
    block(path, 'internet', 'out', { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component: 'internet', text })
    return { via: 'public', sourceIp: ip }
  }
  const replies = replyPorts(asked.protocol)
  arriveInPublic(path, model, { ...asked, source: source ?? 0, replyPorts: replies, gateways: 0 })
  return { via: model.publicInterfaceAt(destination) ? 'internet-gateway' : 'public', sourceIp: ip }
}

/** The interface that the connection starts from. */
function place(
  path: Path,
  model: Model,
  origin: Extract<NetworkOrigin, { kind: 'interface' | 'subnet' }>,
): Interface | undefined {
  const unknown = (component: string, text: string, code = 'UNKNOWN_RESOURCE'): undefined => {
    block(path, 'interface', 'out', { layer: 'subnet', code, component, text })
  }
  if (origin.kind === 'interface') {
    const id = origin.networkInterfaceId
    const found = model.interface(id)
    if (!found) return unknown(id, `${id} is not a known interface in a known subnet`)
    if (model.endpointOf(id))
      unknown(id, `${id} belongs to an interface endpoint, which never opens connections`, 'VPCE_INTRA_VPC_TRAFFIC')
    pass(path, 'interface', id, 'out', `${addressText(found)} in ${found.subnet.id}`)
    return found
  }
  const subnet = model.subnet(origin.subnetId)
  if (!subnet) return unknown(origin.subnetId, `${origin.subnetId} is not a known subnet`)
  const address = parseIpv4(origin.ip ?? '') ?? model.freeAddress(subnet)
  const assigns = (subnet.document.AssignIpv6AddressOnCreation ?? false) || (subnet.document.Ipv6Native ?? false)
  const address6 = parseIpv6(origin.ip ?? '') ?? (assigns ? model.freeAddress6(subnet) : undefined)
  if (address === undefined && address6 === undefined)
    return unknown(subnet.id, `${subnet.id} has no free private address`, 'SP_NO_FREE_ADDRESS')
  // EC2 gives an interface the VPC's default group when none is named.
  const named = origin.securityGroupIds.length > 0
  const groups = named
    ? origin.securityGroupIds.flatMap((id) => model.group(id) ?? [])
    : model.documents.SecurityGroups.filter((group) => group.VpcId === subnet.vpc.id && group.GroupName === 'default')
  for (const id of origin.securityGroupIds) {
    const group = model.group(id)
    if (group?.VpcId === subnet.vpc.id) continue
    unknown(
      id,
      group
        ? `Security group ${id} and subnet ${subnet.id} belong to different networks.`
        : `The security group '${id}' does not exist`,
    )
  }
  const supposed = {
    id: `an interface in ${subnet.id}`,
    address,
    address6,
    publicAddress: parseIpv4(origin.publicIp ?? ''),
    subnet,
    groups,
    groupIds: new Set(groups.map((group) => group.GroupId ?? '')),
  }
  pass(path, 'interface', subnet.id, 'out', `an interface with ${addressText(supposed)}`)
  return supposed
}

function addressText({ address, address6 }: Pick<Interface, 'address' | 'address6'>): string {
  const four = address === undefined ? '' : formatIp(address)
  if (address6 === undefined) return four
  return four ? `${four}, ${formatIp(address6)}` : formatIp(address6)
}
