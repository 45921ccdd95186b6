import type { VpcPeeringConnectionVpcInfo } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { overlaps, storedCidr } from '../cidr.ts'
import type { VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import type { VpcPeeringConnectionDocument } from '../gateway-documents.ts'
import { vpcPeeringConnections } from '../gateway-nouns.ts'
import { ipv6Blocks, overlaps6, storedCidr6 } from '../ipv6.ts'
import { routeTables, securityGroupRules, vpcs } from '../nouns.ts'
import { setRouteState } from '../route-table/make-route-table.ts'
import { renderPermissions } from '../security-group/make-security-group.ts'

export type PeerInfo = Shape<VpcPeeringConnectionVpcInfo>

/** What a peering says of a VPC; the blocks of the accepter's are told once it is active. */
export function infoOf(estate: Estate, vpc: VpcDocument): PeerInfo {
  return {
    OwnerId: estate.account,
    Region: estate.region,
    VpcId: vpc.VpcId,
    ...blocksOf(vpc),
    PeeringOptions: {
      AllowDnsResolutionFromRemoteVpc: false,
      AllowEgressFromLocalClassicLinkToRemoteVpc: false,
      AllowEgressFromLocalVpcToRemoteClassicLink: false,
    },
  }
}

function blocksOf(vpc: VpcDocument): PeerInfo {
  return {
    CidrBlock: vpc.CidrBlock,
    CidrBlockSet: vpc.CidrBlockAssociationSet.map((one) => ({ CidrBlock: one.CidrBlock! })),
    Ipv6CidrBlockSet: ipv6Blocks(vpc).map((Ipv6CidrBlock) => ({ Ipv6CidrBlock })),
  }
}

/** The estate that a side's VPC is in. */
export const estateOfSide = (estate: Estate, { OwnerId, Region }: PeerInfo): Estate => estate.at(OwnerId!, Region!)

export const isSide = (estate: Estate, { OwnerId, Region }: PeerInfo): boolean =>
  OwnerId === estate.account && Region === estate.region

/** The other side's VPC, as seen from one of the two. */
export function peerOf(peering: VpcPeeringConnectionDocument, vpcId: string): PeerInfo {
  return peering.RequesterVpcInfo.VpcId === vpcId ? peering.AccepterVpcInfo : peering.RequesterVpcInfo
}

/** Writes both sides' copies; each keeps its own tags. */
export function savePeering(estate: Estate, peering: VpcPeeringConnectionDocument): VpcPeeringConnectionDocument {
  for (const side of [peering.RequesterVpcInfo, peering.AccepterVpcInfo]) {
    const there = estateOfSide(estate, side)
    const old = there.find(vpcPeeringConnections, peering.VpcPeeringConnectionId)
    // A request that failed at once never reached the other side.
    if (!old && peering.Status.Code === 'failed' && !isSide(there, peering.RequesterVpcInfo)) continue
    const Tags = old ? (old.Tags ?? []) : isSide(there, peering.RequesterVpcInfo) ? (peering.Tags ?? []) : []
    there.save(vpcPeeringConnections, { ...peering, Tags })
  }
  return estate.find(vpcPeeringConnections, peering.VpcPeeringConnectionId) ?? peering
}

export const isActive = (peering: VpcPeeringConnectionDocument): boolean => peering.Status.Code === 'active'

/** Its state now: a request that nobody answered expires after its week. */
export function current(estate: Estate, peering: VpcPeeringConnectionDocument): VpcPeeringConnectionDocument {
  const { ExpirationTime, Status } = peering
  if (Status.Code !== 'pending-acceptance' || ExpirationTime === undefined || ExpirationTime > estate.now)
    return peering
  return { ...peering, Status: { Code: 'expired', Message: 'Expired' }, EndTime: ExpirationTime }
}

const HOUR = 3600
const DAY = 24 * HOUR

/**
 * How long a peering that came to its end is still seen (VPC Peering Guide, "VPC peering connection lifecycle"): failed two
 * hours; expired two days; rejected two days by the requester, two hours by the accepter; deleted two hours by the
 * one who deleted it, two days by the other.
 */
export function isVisible(estate: Estate): (peering: VpcPeeringConnectionDocument) => boolean {
  return (peering) => {
    const { Status, EndTime, EndedBy } = current(estate, peering)
    if (EndTime === undefined) return true
    const ended = EndedBy === estate.account
    const long = Status.Code === 'expired' || ((Status.Code === 'rejected' || Status.Code === 'deleted') && !ended)
    return estate.now - EndTime < (long ? 2 * DAY : 2 * HOUR)
  }
}

/** The one that is asked for; what is no longer seen does not exist. */
export function getPeering(estate: Estate, id: string): VpcPeeringConnectionDocument {
  const peering = estate.get(vpcPeeringConnections, id)
  if (!isVisible(estate)(peering)) throw vpcPeeringConnections.notFound(id)
  return current(estate, peering)
}

/** inferred: the sentence; the code is EC2's (API reference, "Error codes"). */
export function wrongState(peering: VpcPeeringConnectionDocument): AwsError {
  const { VpcPeeringConnectionId, Status } = peering
  return new AwsError(
    'InvalidStateTransition',
    `Invalid state transition for ${VpcPeeringConnectionId}: the VPC peering connection is ${Status.Code}`,
  )
}

export function overlapping(one: VpcDocument, other: VpcDocument): boolean {
  const v4 = (vpc: VpcDocument) => vpc.CidrBlockAssociationSet.map((block) => storedCidr(block.CidrBlock!))
  const v6 = (vpc: VpcDocument) => ipv6Blocks(vpc).map(storedCidr6)
  return (
    v4(one).some((block) => v4(other).some((peer) => overlaps(block, peer))) ||
    v6(one).some((block) => v6(other).some((peer) => overlaps6(block, peer)))
  )
}

/** Peerings of a VPC that are there to stay or may yet be: active ones, and requests that wait. */
export function peeringsOf(estate: Estate, vpcId: string): VpcPeeringConnectionDocument[] {
  return estate
    .list(vpcPeeringConnections)
    .map((peering) => current(estate, peering))
    .filter(
      ({ Status, RequesterVpcInfo, AccepterVpcInfo }) =>
        (Status.Code === 'active' || Status.Code === 'pending-acceptance') &&
        [RequesterVpcInfo, AccepterVpcInfo].some((side) => side.VpcId === vpcId && isSide(estate, side)),
    )
}

/** IPv4 blocks of the VPCs that this one is peered with: none of its own may overlap them. */
export function peerBlocks(estate: Estate, vpcId: string): string[] {
  return peeringsOf(estate, vpcId)
    .filter(isActive)
    .flatMap((peering) => peerOf(peering, vpcId).CidrBlockSet?.map((one) => one.CidrBlock!) ?? [])
}

/** A VPC's blocks changed: its peerings show it. */
export function tellPeers(estate: Estate, vpc: VpcDocument): void {
  for (const peering of peeringsOf(estate, vpc.VpcId)) {
    const renewed = (side: PeerInfo): PeerInfo =>
      side.VpcId === vpc.VpcId && side.CidrBlock !== undefined ? { ...side, ...blocksOf(vpc) } : side
    savePeering(estate, {
      ...peering,
      RequesterVpcInfo: renewed(peering.RequesterVpcInfo),
      AccepterVpcInfo: renewed(peering.AccepterVpcInfo),
    })
  }
}

/** Routes to a peering come to life with it and turn black with its end; rules that name groups beyond it become stale. */
export function followState(estate: Estate, peering: VpcPeeringConnectionDocument): void {
  const id = peering.VpcPeeringConnectionId
  for (const side of [peering.RequesterVpcInfo, peering.AccepterVpcInfo]) {
    const there = estateOfSide(estate, side)
    if (!there.find(vpcs, side.VpcId)) continue
    const uses = there.list(routeTables).some((table) => table.Routes.some((to) => to.VpcPeeringConnectionId === id))
    if (uses) {
      setRouteState(there, 'VpcPeeringConnectionId', id, side.VpcId!, isActive(peering) ? 'active' : 'blackhole')
    }
    const groups = new Set<string>()
    for (const rule of there.list(securityGroupRules)) {
      if (rule.ReferencedGroupInfo?.VpcPeeringConnectionId !== id) continue
      const PeeringStatus = peering.Status.Code!
      there.save(securityGroupRules, { ...rule, ReferencedGroupInfo: { ...rule.ReferencedGroupInfo, PeeringStatus } })
      groups.add(rule.GroupId)
    }
    for (const group of groups) renderPermissions(there, group)
  }
}
