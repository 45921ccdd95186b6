import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  TagSpecification,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { SecurityGroupDocument, SecurityGroupRuleDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { making, on } from '../needs.ts'
import { securityGroupRules, securityGroups } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { without } from '../without.ts'
import { addRules, renderPermissions, rulesOf } from './make-security-group.ts'
import { weigh } from './rule-count.ts'
import { duplicateRule, ruleKey, rulesIn } from './rules.ts'
import { groupIdOf } from './security-group.ts'

/** Both directions ask for the group, and for the new rules where they are tagged. */
const authorizeNeeds =
  (operation: string) =>
  (input: { GroupId?: string; GroupName?: string; TagSpecifications?: Shape<TagSpecification>[] }, estate: Estate) => [
    on(estate, operation, securityGroups, groupIdOf(estate, input)),
    ...(input.TagSpecifications?.length ? making(estate, operation, securityGroupRules, input.TagSpecifications) : []),
  ]

export const authorizeSecurityGroupIngress = ec2Operation<
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult
>('AuthorizeSecurityGroupIngress', {
  needs: authorizeNeeds('AuthorizeSecurityGroupIngress'),
  perform: (input, estate) => authorize(estate, input, false),
})

export const authorizeSecurityGroupEgress = ec2Operation<
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult
>('AuthorizeSecurityGroupEgress', {
  needs: authorizeNeeds('AuthorizeSecurityGroupEgress'),
  perform: (input, estate) => authorize(estate, input, true),
})

export const revokeSecurityGroupIngress = ec2Operation<
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult
>('RevokeSecurityGroupIngress', {
  needs: (input, estate) => [
    on(estate, 'RevokeSecurityGroupIngress', securityGroups, groupIdOf(estate, input as RuleInput)),
  ],
  perform: (input, estate) => revoke(estate, input, false),
})

export const revokeSecurityGroupEgress = ec2Operation<
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult
>('RevokeSecurityGroupEgress', {
  needs: (input, estate) => [
    on(estate, 'RevokeSecurityGroupEgress', securityGroups, groupIdOf(estate, input as RuleInput)),
  ],
  perform: (input, estate) => revoke(estate, input, true),
})

/** Rules by permissions, or in the old way by single members. */
interface RuleInput {
  GroupId?: string
  GroupName?: string
  IpPermissions?: Shape<IpPermission>[]
  IpProtocol?: string
  FromPort?: number
  ToPort?: number
  CidrIp?: string
  SourceSecurityGroupName?: string
  SourceSecurityGroupOwnerId?: string
  TagSpecifications?: Shape<TagSpecification>[]
  SecurityGroupRuleIds?: string[]
}

function authorize(estate: Estate, input: RuleInput, egress: boolean) {
  const group = groupOf(estate, input)
  const bodies = rulesIn(permissionsGiven(input) ?? missing('ipPermissions'), group, estate)
  const existing = rulesOf(estate, group.GroupId).filter((rule) => rule.IsEgress === egress)
  const keys = new Set(existing.map(ruleKey))
  const asked = new Set<string>()
  for (const body of bodies) {
    const key = ruleKey(body)
    if (keys.has(key)) throw duplicateRule(body)
    if (asked.has(key)) throw invalidValue('The same permission must not appear multiple times')
    asked.add(key)
  }
  for (const count of weigh(estate, [...existing, ...bodies])) within('rulesPerSecurityGroup', count)
  const tags = givenTags(securityGroupRules, input.TagSpecifications)
  return { Return: true, SecurityGroupRules: addRules(estate, group, egress, bodies, tags) }
}

/** Either every rule that is named goes, or none does. */
function revoke(estate: Estate, input: RuleInput, egress: boolean) {
  const group = groupOf(estate, input)
  const existing = rulesOf(estate, group.GroupId).filter((rule) => rule.IsEgress === egress)
  const gone = input.SecurityGroupRuleIds?.length
    ? byIds(input.SecurityGroupRuleIds, existing)
    : byContent(estate, input, group, existing)
  for (const rule of gone) estate.remove(securityGroupRules, rule.SecurityGroupRuleId)
  renderPermissions(estate, group.GroupId)
  return {
    Return: true,
    RevokedSecurityGroupRules: gone.map((rule) => ({
      ...without(rule, 'GroupOwnerId', 'Tags', 'SecurityGroupRuleArn', 'ReferencedGroupInfo'),
      ...(rule.ReferencedGroupInfo?.GroupId ? { ReferencedGroupId: rule.ReferencedGroupInfo.GroupId } : {}),
    })),
  }
}

function byIds(ids: readonly string[], existing: readonly SecurityGroupRuleDocument[]): SecurityGroupRuleDocument[] {
  return [...new Set(ids)].map((id) => {
    const rule = existing.find((one) => one.SecurityGroupRuleId === id)
    if (!rule) throw securityGroupRules.notFound(id)
    return rule
  })
}

function byContent(
  estate: Estate,
  input: RuleInput,
  group: SecurityGroupDocument,
  existing: readonly SecurityGroupRuleDocument[],
): SecurityGroupRuleDocument[] {
  const permissions = permissionsGiven(input)
  if (!permissions) {
    throw new AwsError('MissingParameter', "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.")
  }
  const wanted = new Set(rulesIn(permissions, group, estate).map(ruleKey))
  const found = existing.filter((rule) => wanted.has(ruleKey(rule)))
  if (found.length < wanted.size) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group')
  }
  return found
}

function groupOf(estate: Estate, input: RuleInput): SecurityGroupDocument {
  const id = groupIdOf(estate, input)
  if (id) return estate.get(securityGroups, id)
  if (input.GroupName) throw securityGroups.notFound(input.GroupName)
  return missing('groupId')
}

function permissionsGiven(input: RuleInput): Shape<IpPermission>[] | undefined {
  if (input.IpPermissions?.length) return input.IpPermissions
  if (input.IpProtocol === undefined && input.CidrIp === undefined && !input.SourceSecurityGroupName) return undefined
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName, SourceSecurityGroupOwnerId } = input
  return [
    {
      // With a source group alone EC2 opens everything (API reference, SourceSecurityGroupName).
      IpProtocol: IpProtocol ?? '-1',
      ...(FromPort === undefined ? {} : { FromPort }),
      ...(ToPort === undefined ? {} : { ToPort }),
      ...(CidrIp ? { IpRanges: [{ CidrIp }] } : {}),
      ...(SourceSecurityGroupName
        ? {
            UserIdGroupPairs: [
              {
                GroupName: SourceSecurityGroupName,
                ...(SourceSecurityGroupOwnerId ? { UserId: SourceSecurityGroupOwnerId } : {}),
              },
            ],
          }
        : {}),
    },
  ]
}

function missing(name: string): never {
  throw missingParameter(name)
}
