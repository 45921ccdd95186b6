import type { SecurityGroupDocument, SecurityGroupRuleDocument, VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { securityGroupRules, securityGroups } from '../nouns.ts'
import { within } from '../quotas.ts'
import type { Tags } from '../tags.ts'
import { permissionsOf, ruleKey, type RuleBody } from './rules.ts'

const anything = { IpProtocol: '-1', FromPort: -1, ToPort: -1 }
const everythingOut: RuleBody = { ...anything, CidrIpv4: '0.0.0.0/0' }
const everythingOut6: RuleBody = { ...anything, CidrIpv6: '::/0' }

/**
 * A new group lets everything out and nothing in; the default group also lets its own members in
 * (VPC User Guide, "Default security groups").
 */
export function makeSecurityGroup(
  estate: Estate,
  vpc: VpcDocument,
  { name, description, tags = [] }: { name: string; description: string; tags?: Tags },
): SecurityGroupDocument {
  within('securityGroups', estate.list(securityGroups).length + 1)
  const GroupId = estate.mint(securityGroups.prefix)
  const group = estate.save(securityGroups, {
    GroupId,
    GroupName: name,
    Description: description,
    VpcId: vpc.VpcId,
    OwnerId: estate.account,
    SecurityGroupArn: estate.arn('security-group', GroupId),
    IpPermissions: [],
    IpPermissionsEgress: [],
    Tags: tags,
  })
  addRules(estate, group, true, [everythingOut], [])
  if (vpc.Ipv6CidrBlockAssociationSet?.length) addRules(estate, group, true, [everythingOut6], [])
  if (name === 'default') {
    addRules(estate, group, false, [{ ...anything, ReferencedGroupInfo: { GroupId, UserId: estate.account } }], [])
  }
  return estate.get(securityGroups, GroupId)
}

export function rulesOf(estate: Estate, groupId: string): SecurityGroupRuleDocument[] {
  return estate.list(securityGroupRules).filter((rule) => rule.GroupId === groupId)
}

export function addRules(
  estate: Estate,
  group: SecurityGroupDocument,
  IsEgress: boolean,
  bodies: readonly RuleBody[],
  Tags: Tags,
): SecurityGroupRuleDocument[] {
  const added = bodies.map((body) => {
    const SecurityGroupRuleId = estate.mint(securityGroupRules.prefix)
    return estate.save(securityGroupRules, {
      SecurityGroupRuleId,
      SecurityGroupRuleArn: estate.arn('security-group-rule', SecurityGroupRuleId),
      GroupId: group.GroupId,
      GroupOwnerId: estate.account,
      IsEgress,
      ...body,
      Tags,
    })
  })
  renderPermissions(estate, group.GroupId)
  return added
}

/** The group's document follows its rules. */
export function renderPermissions(estate: Estate, groupId: string): void {
  const rules = rulesOf(estate, groupId)
  estate.save(securityGroups, {
    ...estate.get(securityGroups, groupId),
    IpPermissions: permissionsOf(rules.filter((rule) => !rule.IsEgress)),
    IpPermissionsEgress: permissionsOf(rules.filter((rule) => rule.IsEgress)),
  })
}

export function removeSecurityGroup(estate: Estate, groupId: string): void {
  for (const rule of rulesOf(estate, groupId)) estate.remove(securityGroupRules, rule.SecurityGroupRuleId)
  estate.remove(securityGroups, groupId)
}

/** The default group of a VPC that becomes dual-stack, if it lets out what it did at first. */
export function openDefaultGroupToIpv6(estate: Estate, vpcId: string): void {
  const group = estate.list(securityGroups).find((one) => one.VpcId === vpcId && one.GroupName === 'default')
  if (!group) return
  const out = rulesOf(estate, group.GroupId).filter((rule) => rule.IsEgress)
  if (out.length === 1 && ruleKey(out[0]!) === ruleKey(everythingOut))
    addRules(estate, group, true, [everythingOut6], [])
}
