import type { IpPermission } from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { canonicalCidr } from '../cidr.ts'
import type { SecurityGroupDocument, SecurityGroupRuleDocument } from '../documents.ts'
import { invalidValue, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { formatCidr6, parseCidr6 } from '../ipv6.ts'
import { anyPrefixList } from '../prefix-list/prefix-lists.ts'
import { protocolName } from '../protocols.ts'
import { peerOf } from './peer-group.ts'

/** A rule before it has an id: protocol and ports normalised, exactly one peer. */
export type RuleBody = Pick<
  SecurityGroupRuleDocument,
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIpv4'
  | 'CidrIpv6'
  | 'PrefixListId'
  | 'ReferencedGroupInfo'
  | 'Description'
>

/** One rule for each peer of each permission, checked against what exists. */
export function rulesIn(
  permissions: readonly Shape<IpPermission>[],
  group: SecurityGroupDocument,
  estate: Estate,
): RuleBody[] {
  return permissions.flatMap((permission) => {
    const ports = portsOf(permission)
    const rule = (peer: Partial<RuleBody>, Description: string | undefined): RuleBody => ({
      ...ports,
      ...peer,
      ...(Description === undefined ? {} : { Description: checkedDescription(Description) }),
    })
    const rules = [
      ...(permission.IpRanges ?? []).map((one) => rule({ CidrIpv4: blockOf(one.CidrIp) }, one.Description)),
      ...(permission.Ipv6Ranges ?? []).map((one) => rule({ CidrIpv6: ipv6BlockOf(one.CidrIpv6) }, one.Description)),
      ...(permission.PrefixListIds ?? []).map((one) =>
        rule({ PrefixListId: prefixListOf(one.PrefixListId, estate) }, one.Description),
      ),
      ...(permission.UserIdGroupPairs ?? []).map((one) =>
        rule({ ReferencedGroupInfo: peerOf(one, group, estate) }, one.Description),
      ),
    ]
    if (rules.length === 0) throw missingParameter('ipRanges')
    return rules
  })
}

/** What makes two rules the same: everything but id, description and tags. */
export function ruleKey(rule: RuleBody): string {
  return [rule.IpProtocol, rule.FromPort, rule.ToPort, peerText(rule)].join(' ')
}

export function peerText(rule: RuleBody): string {
  return rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? ''
}

/** The rules as DescribeSecurityGroups prints them: one permission for each protocol and port range, peers gathered in it. */
export function permissionsOf(rules: readonly SecurityGroupRuleDocument[]): Shape<IpPermission>[] {
  const permissions = new Map<string, Shape<IpPermission>>()
  const sorted = rules.toSorted((a, b) => (ruleKey(a) < ruleKey(b) ? -1 : 1))
  for (const rule of sorted) {
    const { IpProtocol, FromPort, ToPort } = rule
    const key = `${IpProtocol} ${FromPort} ${ToPort}`
    const permission = permissions.get(key) ?? {
      IpProtocol,
      ...(portless(IpProtocol) ? {} : { FromPort, ToPort }),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    }
    permissions.set(key, permission)
    const described = rule.Description === undefined ? {} : { Description: rule.Description }
    if (rule.CidrIpv4) permission.IpRanges!.push({ CidrIp: rule.CidrIpv4, ...described })
    else if (rule.CidrIpv6) permission.Ipv6Ranges!.push({ CidrIpv6: rule.CidrIpv6, ...described })
    else if (rule.PrefixListId) permission.PrefixListIds!.push({ PrefixListId: rule.PrefixListId, ...described })
    else permission.UserIdGroupPairs!.push({ ...rule.ReferencedGroupInfo, ...described })
  }
  return [...permissions.values()]
}

/** facts: errors.md A6. inferred: how ICMP and protocols by number are spelled in it. */
export function duplicateRule(rule: RuleBody): AwsError {
  return new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleText(rule)}" already exists`)
}

function ruleText(rule: RuleBody): string {
  const peer = `peer: ${peerText(rule)}`
  if (rule.IpProtocol === '-1') return `${peer}, ALL, ALLOW`
  const protocol = rule.IpProtocol.toUpperCase()
  const orAll = (value: number) => (value === -1 ? 'ALL' : String(value))
  if (rule.IpProtocol.startsWith('icmp')) {
    return `${peer}, ${protocol}, type: ${orAll(rule.FromPort)}, code: ${orAll(rule.ToPort)}, ALLOW`
  }
  if (portless(rule.IpProtocol)) return `${peer}, ${protocol}, ALLOW`
  return `${peer}, ${protocol}, from port: ${rule.FromPort}, to port: ${rule.ToPort}, ALLOW`
}

const ported = new Set(['tcp', 'udp', 'icmp', 'icmpv6'])
const portless = (protocol: string): boolean => !ported.has(protocol)

function portsOf(permission: Shape<IpPermission>): Pick<RuleBody, 'IpProtocol' | 'FromPort' | 'ToPort'> {
  const { IpProtocol: text, FromPort, ToPort } = permission
  if (text === undefined || text === '') throw missingParameter('ipProtocol')
  const IpProtocol = protocolName(text)
  if (!IpProtocol) throw invalidValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`)
  // "Specifying -1 or a protocol number other than tcp, udp, icmp or icmpv6 allows traffic on all ports" (API reference).
  if (portless(IpProtocol)) return { IpProtocol, FromPort: -1, ToPort: -1 }
  if (IpProtocol.startsWith('icmp')) return { IpProtocol, FromPort: FromPort ?? -1, ToPort: ToPort ?? -1 }
  if (FromPort === undefined || ToPort === undefined) {
    throw invalidValue(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`)
  }
  for (const port of [FromPort, ToPort]) {
    if (port < 0 || port > 65535)
      throw invalidValue(`Invalid value '${port}' for portRange. Must be between 0 and 65535.`)
  }
  if (FromPort > ToPort) throw invalidValue(`Invalid TCP/UDP port range (${FromPort}:${ToPort})`)
  return { IpProtocol, FromPort, ToPort }
}

function blockOf(text: string | undefined): string {
  if (!text) throw missingParameter('cidrIp')
  try {
    return canonicalCidr(text, 'cidrIp')
  } catch {
    throw invalidValue(`CIDR block ${text} is malformed`)
  }
}

function ipv6BlockOf(text: string | undefined): string {
  const block = parseCidr6(text ?? '')
  if (!block) throw invalidValue(`CIDR block ${text} is malformed`)
  return formatCidr6(block)
}

function prefixListOf(id: string | undefined, estate: Estate): string {
  if (!id) throw missingParameter('prefixListId')
  return anyPrefixList(estate, id).PrefixListId!
}

export function checkedDescription(text: string): string {
  if (text.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/.test(text)) {
    throw invalidValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    )
  }
  return text
}
