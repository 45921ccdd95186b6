import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { SecurityGroupDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { securityGroupVpcs } from '../gateway-nouns.ts'
import { describing, making, on } from '../needs.ts'
import { networkInterfaces, securityGroupRules, securityGroups, vpcs } from '../nouns.ts'
import { givenTags } from '../tags.ts'
import { defaultVpc, groupByName } from '../vpc/default-vpc.ts'
import { makeSecurityGroup, removeSecurityGroup } from './make-security-group.ts'

/** What names and descriptions may be made of, for groups in a VPC (API reference, CreateSecurityGroup). */
const ALLOWED = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/

export const createSecurityGroup = ec2Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult>(
  'CreateSecurityGroup',
  {
    needs: (input, estate) => [
      ...making(estate, 'CreateSecurityGroup', securityGroups, input.TagSpecifications),
      ...(input.VpcId ? [on(estate, 'CreateSecurityGroup', vpcs, input.VpcId)] : []),
    ],
    perform({ GroupName: name, Description: description, VpcId, TagSpecifications }, estate) {
      if (!name) throw missingParameter('GroupName')
      if (!description) throw missingParameter('GroupDescription')
      const vpc = VpcId ? estate.get(vpcs, VpcId) : defaultVpc(estate)
      if (!vpc) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user')
      for (const [what, text] of Object.entries({ groupName: name, groupDescription: description })) {
        if (!ALLOWED.test(text)) {
          throw invalidValue(
            `Value (${text}) for parameter ${what} is invalid. Character sets beyond ASCII are not supported.`,
          )
        }
      }
      if (name.startsWith('sg-')) {
        throw invalidValue(
          `Value (${name}) for parameter groupName is invalid. Group names may not be in the format sg-*.`,
        )
      }
      if (name === 'default') throw invalidValue(`Cannot use reserved security group name: ${name}`)
      if (estate.list(securityGroups).some((one) => one.VpcId === vpc.VpcId && one.GroupName === name)) {
        throw new AwsError(
          'InvalidGroup.Duplicate',
          `The security group '${name}' already exists for VPC '${vpc.VpcId}'`,
        )
      }
      const tags = givenTags(securityGroups, TagSpecifications)
      const group = makeSecurityGroup(estate, vpc, { name, description, tags })
      return { GroupId: group.GroupId, SecurityGroupArn: group.SecurityGroupArn!, Tags: tags }
    },
  },
)

type Permission = SecurityGroupDocument['IpPermissions'][number]

/** The `ip-permission.*` filters and, with `egress.` before it, those of the outbound rules. */
const permissionFilters = (
  start: string,
  of: (group: SecurityGroupDocument) => readonly Permission[],
): FilterTable<SecurityGroupDocument> => {
  const each =
    <V>(read: (permission: Permission) => V) =>
    (group: SecurityGroupDocument) =>
      of(group).map(read)
  const many =
    <V>(read: (permission: Permission) => V[] | undefined) =>
    (group: SecurityGroupDocument) =>
      of(group).flatMap((permission) => read(permission) ?? [])
  return {
    [`${start}.cidr`]: many((one) => one.IpRanges?.map((range) => range.CidrIp)),
    [`${start}.ipv6-cidr`]: many((one) => one.Ipv6Ranges?.map((range) => range.CidrIpv6)),
    [`${start}.from-port`]: each((one) => one.FromPort),
    [`${start}.to-port`]: each((one) => one.ToPort),
    [`${start}.protocol`]: each((one) => one.IpProtocol),
    [`${start}.group-id`]: many((one) => one.UserIdGroupPairs?.map((pair) => pair.GroupId)),
    [`${start}.user-id`]: many((one) => one.UserIdGroupPairs?.map((pair) => pair.UserId)),
    [`${start}.prefix-list-id`]: many((one) => one.PrefixListIds?.map((list) => list.PrefixListId)),
  }
}

const filters: FilterTable<SecurityGroupDocument> = {
  description: (group) => group.Description,
  'group-id': (group) => group.GroupId,
  'group-name': (group) => group.GroupName,
  'owner-id': (group) => group.OwnerId,
  'vpc-id': (group) => group.VpcId,
  ...permissionFilters('ip-permission', (group) => group.IpPermissions),
  ...permissionFilters('egress.ip-permission', (group) => group.IpPermissionsEgress),
}

export const describeSecurityGroups = ec2Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>(
  'DescribeSecurityGroups',
  {
    needs: (_, estate) => describing(estate, 'DescribeSecurityGroups'),
    perform(input, estate) {
      const named = (input.GroupNames ?? []).map((name) => groupByName(estate, name) ?? noSuchGroup(name))
      const { things, ...page } = describe(estate, securityGroups, filters, {
        ids: [...(input.GroupIds ?? []), ...named.map((group) => group.GroupId)],
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      })
      return { SecurityGroups: things, ...page }
    },
  },
)

export const deleteSecurityGroup = ec2Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult>(
  'DeleteSecurityGroup',
  {
    needs: (input, estate) => [on(estate, 'DeleteSecurityGroup', securityGroups, groupIdOf(estate, input))],
    perform(input, estate) {
      const id = groupIdOf(estate, input)
      if (!id) throw input.GroupName ? securityGroups.notFound(input.GroupName) : missingParameter('groupId')
      const { GroupId, GroupName } = estate.get(securityGroups, id)
      if (GroupName === 'default') {
        throw new AwsError(
          'CannotDelete',
          `the specified group: "${GroupId}" name: "${GroupName}" cannot be deleted by a user`,
        )
      }
      if (isNeeded(estate, GroupId)) {
        throw new AwsError('DependencyViolation', `resource ${GroupId} has a dependent object`)
      }
      removeSecurityGroup(estate, GroupId)
      return { Return: true, GroupId }
    },
  },
)

function noSuchGroup(name: string): never {
  throw securityGroups.notFound(name)
}

/** By id, or by its name in the default VPC. */
export function groupIdOf(estate: Estate, input: { GroupId?: string; GroupName?: string }): string | undefined {
  return input.GroupId ?? (input.GroupName ? groupByName(estate, input.GroupName)?.GroupId : undefined)
}

/** By an interface that wears it, or by a rule of another group of its VPC. Rules across a peering become stale instead. */
function isNeeded(estate: Estate, groupId: string): boolean {
  return (
    estate.list(securityGroupVpcs).some((one) => one.GroupId === groupId) ||
    estate.list(networkInterfaces).some((eni) => eni.Groups.some((group) => group.GroupId === groupId)) ||
    estate.list(securityGroupRules).some((rule) => {
      const { GroupId, VpcPeeringConnectionId } = rule.ReferencedGroupInfo ?? {}
      return GroupId === groupId && rule.GroupId !== groupId && !VpcPeeringConnectionId
    })
  )
}
