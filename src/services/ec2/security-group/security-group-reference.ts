import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  SecurityGroupReference,
  StaleIpPermission,
  StaleSecurityGroup,
} from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import type { SecurityGroupDocument, SecurityGroupRuleDocument } from '../documents.ts'
import { pageOf } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import type { Estate } from '../estate.ts'
import { vpcPeeringConnections } from '../gateway-nouns.ts'
import { describing, on } from '../needs.ts'
import { securityGroupRules, securityGroups, vpcs } from '../nouns.ts'
import { estateOfSide, isActive, peeringsOf, peerOf } from '../vpc-peering/peering.ts'
import { permissionsOf } from './rules.ts'

/** The VPCs across a peering whose rules name one of the groups. */
export const describeSecurityGroupReferences = ec2Operation<
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult
>('DescribeSecurityGroupReferences', {
  needs: (input, estate) => {
    const ids: readonly (string | undefined)[] = input.GroupId?.length ? input.GroupId : [undefined]
    return ids.map((id) => on(estate, 'DescribeSecurityGroupReferences', securityGroups, id))
  },
  perform: (input, estate) => ({
    SecurityGroupReferenceSet: input.GroupId.flatMap((id) => referencesTo(estate, estate.get(securityGroups, id))),
  }),
})

function referencesTo(estate: Estate, group: SecurityGroupDocument): Shape<SecurityGroupReference>[] {
  return peeringsOf(estate, group.VpcId)
    .filter(isActive)
    .flatMap((peering) => {
      const { VpcPeeringConnectionId } = peering
      const names = estateOfSide(estate, peerOf(peering, group.VpcId))
        .list(securityGroupRules)
        .some(
          ({ ReferencedGroupInfo: to }) =>
            to?.GroupId === group.GroupId && to.VpcPeeringConnectionId === VpcPeeringConnectionId,
        )
      const ReferencingVpcId = peerOf(peering, group.VpcId).VpcId!
      return names ? [{ GroupId: group.GroupId, ReferencingVpcId, VpcPeeringConnectionId }] : []
    })
}

/** Groups with rules that name a group across a peering that is no more, or a group that is no more. */
export const describeStaleSecurityGroups = ec2Operation<
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult
>('DescribeStaleSecurityGroups', {
  needs: (_, estate) => describing(estate, 'DescribeStaleSecurityGroups'),
  perform(input, estate) {
    const { VpcId } = estate.get(vpcs, input.VpcId)
    const stale = estate.list(securityGroupRules).filter((rule) => isStale(estate, rule))
    const groups = estate
      .list(securityGroups)
      .filter((group) => group.VpcId === VpcId && stale.some((rule) => rule.GroupId === group.GroupId))
    const { things, ...page } = pageOf(
      groups,
      (group) => group.GroupId,
      `${VpcId} stale groups`,
      input.MaxResults,
      input.NextToken,
    )
    return { StaleSecurityGroupSet: things.map((group) => staleView(group, stale)), ...page }
  },
})

function isStale(estate: Estate, { ReferencedGroupInfo: to }: SecurityGroupRuleDocument): boolean {
  if (!to?.VpcPeeringConnectionId) return false
  const peering = estate.find(vpcPeeringConnections, to.VpcPeeringConnectionId)
  if (!peering || !isActive(peering)) return true
  return !estate.at(to.UserId!, estate.region).find(securityGroups, to.GroupId)
}

function staleView(
  { GroupId, GroupName, VpcId, Description }: SecurityGroupDocument,
  stale: readonly SecurityGroupRuleDocument[],
): Shape<StaleSecurityGroup> {
  const rules = (egress: boolean): Shape<StaleIpPermission>[] =>
    permissionsOf(stale.filter((rule) => rule.GroupId === GroupId && rule.IsEgress === egress)).map(
      ({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => ({
        IpProtocol: IpProtocol!,
        ...(FromPort === undefined ? {} : { FromPort }),
        ...(ToPort === undefined ? {} : { ToPort }),
        IpRanges: [],
        PrefixListIds: [],
        UserIdGroupPairs: UserIdGroupPairs ?? [],
      }),
    )
  return {
    GroupId,
    GroupName,
    VpcId,
    ...(Description === undefined ? {} : { Description }),
    StaleIpPermissions: rules(false),
    StaleIpPermissionsEgress: rules(true),
  }
}
