/**
 * VPC peering: from one VPC's own addresses to the other's, nothing further. No way leads through a peer to its internet
 * gateway, NAT gateway, gateway endpoints, VPN or other peers, but its interface endpoints are interfaces like any. Both
 * sides need a route. Groups of the other side may be referred to within one Region (VPC peering guide).
 */
import { formatIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { indexed } from './list-index.ts'
import { inside } from './model.ts'
import type { Model, Subnet, Vpc } from './model.ts'
import { block, pass } from './path.ts'
import type { Arrival, Cause, Flow, Path } from './path.ts'
import type { NetworkDocuments } from './types.ts'
import { arrive } from './walk.ts'
import { passWayBack } from './way-back.ts'

export type PeeringDocument = NetworkDocuments['VpcPeeringConnections'][number]
type Side = PeeringDocument['AccepterVpcInfo']

const byId = indexed<PeeringDocument>('VpcPeeringConnectionId')

/** The side of a peering that is not this VPC; undefined where the VPC has no part in it. */
export function otherSide({ AccepterVpcInfo, RequesterVpcInfo }: PeeringDocument, vpcId: string): Side {
  if (RequesterVpcInfo?.VpcId === vpcId) return AccepterVpcInfo
  return AccepterVpcInfo?.VpcId === vpcId ? RequesterVpcInfo : undefined
}

/** Only an active connection carries packets; a captured document without a status does. */
export function isActive(peering: PeeringDocument): boolean {
  return (peering.Status?.Code ?? 'active') === 'active'
}

function sameRegion({ AccepterVpcInfo, RequesterVpcInfo }: PeeringDocument): boolean {
  return AccepterVpcInfo?.Region === RequesterVpcInfo?.Region
}

/** The interface at an address across a peering, as far as rules may refer to its groups. */
export function peerAcross(model: Model, id: string, vpc: Vpc, address: Ip): Pick<Flow, 'peer' | 'lost'> {
  const peering = byId(model.documents.VpcPeeringConnections).get(id)
  const peer = peering && model.interfaceAt(otherSide(peering, vpc.id)?.VpcId ?? '', address)
  if (!peer) return {}
  return sameRegion(peering) ? { peer } : { lost: acrossRegions(peer.groupIds) }
}

function acrossRegions(groupIds: ReadonlySet<string>): NonNullable<Flow['lost']> {
  return { groupIds, code: 'SG_REFERENCES_NOT_PRESERVED', why: 'the peering is between Regions' }
}

export function crossPeering(
  path: Path,
  model: Model,
  flow: Flow,
  at: Subnet,
  id: string,
  cause: Cause,
): Arrival | undefined {
  const refuse = (code: string, text: string): undefined =>
    block(path, 'vpc-peering-connection', 'out', { layer: 'route', code, component: id, text }, cause) as undefined
  const peering = byId(model.documents.VpcPeeringConnections).get(id)
  if (!peering) return refuse('BAD_STATE_ROUTE', `${id} does not exist, so the route to it drops everything`)
  const side = otherSide(peering, at.vpc.id)
  if (!side) return refuse('CANNOT_ROUTE', `${id} does not join ${at.vpc.id} to anything`)
  const other = model.vpc(side.VpcId)
  if (!isActive(peering)) {
    refuse('BAD_STATE', `${id} is ${peering.Status?.Code}, not active`)
  } else if (!inside(at.vpc, flow.source)) {
    const text = `${formatIp(flow.source)} is not an address of ${at.vpc.id}; ${id} carries nothing through to others`
    refuse('PCX_REQUIRES_ADDRESS_IN_VPC_CIDR', text)
  } else if (other && !inside(other, flow.destination)) {
    const text = `${formatIp(flow.destination)} is not an address of ${other.id}; ${id} leads no further than that VPC`
    return refuse('PCX_REQUIRES_ADDRESS_IN_VPC_CIDR', text)
  } else {
    pass(path, 'vpc-peering-connection', id, 'out', `active, to ${side.VpcId}`)
  }
  if (!other) return refuse('UNKNOWN_RESOURCE', `${side.VpcId}, the other side of ${id}, is not among the documents`)
  const { peer, ...rest } = flow
  const known = sameRegion(peering) ? peer && { peer } : peer && { lost: acrossRegions(peer.groupIds) }
  const back = (from: Subnet): void => {
    passWayBack(path, from, flow.source, { VpcPeeringConnectionId: id })
    flow.back?.(at)
  }
  return arrive(path, model, { ...rest, ...known, back }, other, true)
}

/** Peerings of a VPC that are active, with the VPC at the other side. */
export function peersOf(model: Model, vpc: Vpc): { peering: PeeringDocument; vpc: Vpc }[] {
  return model.documents.VpcPeeringConnections.flatMap((peering) => {
    const other = isActive(peering) ? model.vpc(otherSide(peering, vpc.id)?.VpcId) : undefined
    return other ? [{ peering, vpc: other }] : []
  })
}

/** Whether a public host name of the other side resolves to the private address: the other side says so. */
export function resolvesAcross(model: Model, vpc: Vpc, owner: Vpc): boolean {
  return peersOf(model, vpc).some(
    (peer) =>
      peer.vpc.id === owner.id &&
      (otherSide(peer.peering, vpc.id)?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc ?? false),
  )
}
