import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  SecurityGroupRuleDescription,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { SecurityGroupRuleDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, on } from '../needs.ts'
import { without } from '../without.ts'
import { securityGroupRules, securityGroups } from '../nouns.ts'
import { renderPermissions, rulesOf } from './make-security-group.ts'
import { checkedDescription, duplicateRule, ruleKey, rulesIn, type RuleBody } from './rules.ts'

const filters: FilterTable<SecurityGroupRuleDocument> = {
  'group-id': (rule) => rule.GroupId,
  'security-group-rule-id': (rule) => rule.SecurityGroupRuleId,
}

export const describeSecurityGroupRules = ec2Operation<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
>('DescribeSecurityGroupRules', {
  needs: (_, estate) => describing(estate, 'DescribeSecurityGroupRules'),
  perform(input, estate) {
    const { things, ...page } = describe(estate, securityGroupRules, filters, {
      ids: input.SecurityGroupRuleIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    })
    return { SecurityGroupRules: things, ...page }
  },
})

/** Rewrites rules in place; their ids and tags stay. */
export const modifySecurityGroupRules = ec2Operation<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult>(
  'ModifySecurityGroupRules',
  {
    needs: (input, estate) => [
      on(estate, 'ModifySecurityGroupRules', securityGroups, input.GroupId),
      ...(input.SecurityGroupRules ?? []).map((one) =>
        on(estate, 'ModifySecurityGroupRules', securityGroupRules, one.SecurityGroupRuleId),
      ),
    ],
    perform(input, estate) {
      const group = estate.get(securityGroups, input.GroupId)
      if (!input.SecurityGroupRules?.length) throw missingParameter('SecurityGroupRules')
      for (const { SecurityGroupRuleId: id, SecurityGroupRule: change } of input.SecurityGroupRules) {
        const old = rulesOf(estate, group.GroupId).find((rule) => rule.SecurityGroupRuleId === id)
        if (!old) throw securityGroupRules.notFound(id ?? '')
        const [body] = rulesIn([asPermission(change ?? {})], group, estate)
        const twin = rulesOf(estate, group.GroupId).find(
          (rule) => rule !== old && rule.IsEgress === old.IsEgress && ruleKey(rule) === ruleKey(body!),
        )
        if (twin) throw duplicateRule(body!)
        estate.save(securityGroupRules, { ...identityOf(old), ...body! })
      }
      renderPermissions(estate, group.GroupId)
      return { Return: true }
    },
  },
)

/** What a rule keeps when it is rewritten. */
function identityOf(rule: SecurityGroupRuleDocument) {
  return without(
    rule,
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIpv4',
    'CidrIpv6',
    'PrefixListId',
    'ReferencedGroupInfo',
    'Description',
  )
}

function asPermission(rule: Shape<SecurityGroupRuleRequest>): Shape<IpPermission> {
  const described = rule.Description === undefined ? {} : { Description: rule.Description }
  return {
    ...(rule.IpProtocol === undefined ? {} : { IpProtocol: rule.IpProtocol }),
    ...(rule.FromPort === undefined ? {} : { FromPort: rule.FromPort }),
    ...(rule.ToPort === undefined ? {} : { ToPort: rule.ToPort }),
    ...(rule.CidrIpv4 ? { IpRanges: [{ CidrIp: rule.CidrIpv4, ...described }] } : {}),
    ...(rule.CidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...described }] } : {}),
    ...(rule.PrefixListId ? { PrefixListIds: [{ PrefixListId: rule.PrefixListId, ...described }] } : {}),
    ...(rule.ReferencedGroupId ? { UserIdGroupPairs: [{ GroupId: rule.ReferencedGroupId, ...described }] } : {}),
  }
}

interface DescriptionsInput {
  GroupId?: string
  IpPermissions?: Shape<IpPermission>[]
  SecurityGroupRuleDescriptions?: Shape<SecurityGroupRuleDescription>[]
}

export const updateSecurityGroupRuleDescriptionsIngress = ec2Operation<
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult
>('UpdateSecurityGroupRuleDescriptionsIngress', {
  needs: (input, estate) => [on(estate, 'UpdateSecurityGroupRuleDescriptionsIngress', securityGroups, input.GroupId)],
  perform: (input, estate) => updateDescriptions(estate, input, false),
})

export const updateSecurityGroupRuleDescriptionsEgress = ec2Operation<
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult
>('UpdateSecurityGroupRuleDescriptionsEgress', {
  needs: (input, estate) => [on(estate, 'UpdateSecurityGroupRuleDescriptionsEgress', securityGroups, input.GroupId)],
  perform: (input, estate) => updateDescriptions(estate, input, true),
})

/** By rule id, or by the permissions as they stand with their new descriptions; none takes the description away. */
function updateDescriptions(estate: Estate, input: DescriptionsInput, egress: boolean) {
  if (!input.GroupId) throw missingParameter('groupId')
  const group = estate.get(securityGroups, input.GroupId)
  const rules = rulesOf(estate, group.GroupId).filter((rule) => rule.IsEgress === egress)
  const byId = (input.SecurityGroupRuleDescriptions ?? []).map(({ SecurityGroupRuleId, Description }) => {
    const rule = rules.find((one) => one.SecurityGroupRuleId === SecurityGroupRuleId)
    if (!rule) throw securityGroupRules.notFound(SecurityGroupRuleId ?? '')
    return { rule, Description }
  })
  const byContent = rulesIn(input.IpPermissions ?? [], group, estate).map((body: RuleBody) => {
    const rule = rules.find((one) => ruleKey(one) === ruleKey(body))
    if (!rule) {
      throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group')
    }
    return { rule, Description: body.Description }
  })
  const changes = [...byId, ...byContent]
  if (changes.length === 0) throw missingParameter('ipPermissions')
  for (const { rule, Description } of changes) {
    estate.save(securityGroupRules, {
      ...without(rule, 'Description'),
      ...(Description === undefined ? {} : { Description: checkedDescription(Description) }),
    })
  }
  renderPermissions(estate, group.GroupId)
  return { Return: true }
}
