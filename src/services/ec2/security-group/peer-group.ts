import { AwsError } from '../../../wire/aws-error.ts'
import type { SecurityGroupDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { transitGatewayAttachments, transitGateways } from '../gateway-nouns.ts'
import { securityGroups } from '../nouns.ts'
import { isActive, peeringsOf, peerOf as otherSide } from '../vpc-peering/peering.ts'
import type { RuleBody } from './rules.ts'

type Reference = NonNullable<RuleBody['ReferencedGroupInfo']>

/**
 * The group that a rule names: by id, or by name within the group's own VPC; or, by id, a group of a VPC that is peered
 * with it in this Region (also another account's), or that shares a transit gateway which allows references.
 */
export function peerOf(
  pair: { GroupId?: string; GroupName?: string; UserId?: string },
  group: SecurityGroupDocument,
  estate: Estate,
): Reference {
  const { GroupId, GroupName, UserId = estate.account } = pair
  const named = GroupName
    ? estate.list(securityGroups).find((one) => one.VpcId === group.VpcId && one.GroupName === GroupName)
    : undefined
  const there = estate.at(UserId, estate.region)
  const peer = GroupId ? there.find(securityGroups, GroupId) : named
  if (peer && peer.VpcId === group.VpcId) return { GroupId: peer.GroupId, UserId: estate.account }
  const across = peer && peeringBetween(estate, group.VpcId, peer.VpcId, UserId)
  if (across) {
    return {
      GroupId: peer.GroupId,
      UserId,
      VpcId: peer.VpcId,
      VpcPeeringConnectionId: across,
      PeeringStatus: 'active',
    }
  }
  if (peer && UserId === estate.account && sharesTransitGateway(estate, group.VpcId, peer.VpcId)) {
    return { GroupId: peer.GroupId, UserId, VpcId: peer.VpcId }
  }
  if (peer && UserId === estate.account) {
    throw new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.')
  }
  if (GroupId && UserId === estate.account) estate.get(securityGroups, GroupId)
  throw securityGroups.notFound(GroupId ?? GroupName ?? '')
}

/** References work within a Region only (VPC Peering Guide, "Update your security groups"). */
function peeringBetween(estate: Estate, vpcId: string, peerVpcId: string, owner: string): string | undefined {
  return peeringsOf(estate, vpcId).find((peering) => {
    const other = otherSide(peering, vpcId)
    return isActive(peering) && other.VpcId === peerVpcId && other.OwnerId === owner && other.Region === estate.region
  })?.VpcPeeringConnectionId
}

/** Both attached to one that allows references, by attachments that do. */
function sharesTransitGateway(estate: Estate, vpcId: string, peerVpcId: string): boolean {
  const gatewaysOf = (id: string) =>
    estate
      .list(transitGatewayAttachments)
      .filter((one) => one.ResourceId === id && one.State === 'available')
      .filter((one) => one.Options?.SecurityGroupReferencingSupport !== 'disable')
      .map((one) => one.TransitGatewayId)
  const others = gatewaysOf(peerVpcId)
  return gatewaysOf(vpcId).some(
    (id) =>
      others.includes(id) && estate.find(transitGateways, id)?.Options.SecurityGroupReferencingSupport === 'enable',
  )
}
