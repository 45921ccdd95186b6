/** What would open security groups and network ACLs: one rule, for one port, for the narrowest peer that lasts. */
import type { CallInputs } from './apply.ts'
import { contains, formatCidr, formatIp, single, size } from './addresses.ts'
import type { Block, Cidr, Ip } from './addresses.ts'
import { behindAcl, members } from './exposure.ts'
import { fix } from './fix-call.ts'
import type { Suggestion } from './fix-call.ts'
import type { Model } from './model.ts'
import { aclEntries } from './network-acl.ts'
import type { Cause } from './path.ts'
import { ICMP, ICMPV6, portText, protocolName } from './protocol.ts'

/** The AWS-managed prefix list that an address lies in, and the block of it. */
function awsList(model: Model, address: Ip): { id: string; block: Cidr; addresses: number } | undefined {
  for (const service of ['s3', 'dynamodb']) {
    const blocks = model.ranges(model.region, service)
    const block = blocks.find((cidr) => contains(cidr, address))
    const id = model.awsPrefixListId(service)
    if (block && id !== undefined) return { id, block, addresses: blocks.reduce((sum, cidr) => sum + size(cidr), 0) }
  }
  return undefined
}

const isIcmp = (protocol: number): boolean => protocol === ICMP || protocol === ICMPV6

export function openGroup(model: Model, cause: Cause & { kind: 'group' }): Suggestion[] {
  const { direction, protocol, port, peer } = cause
  const own = cause.end.groups[0]?.GroupId
  if (own === undefined) return []
  const [peerGroup] = [...cause.peerGroupIds].sort((one, other) => members(model, one) - members(model, other))
  const list = awsList(model, peer)
  const only = formatCidr(single(peer))
  const [to, who, addresses] = peerGroup
    ? [{ UserIdGroupPairs: [{ GroupId: peerGroup }] }, peerGroup, members(model, peerGroup)]
    : list
      ? [{ PrefixListIds: [{ PrefixListId: list.id }] }, list.id, list.addresses]
      : typeof peer === 'number'
        ? [{ IpRanges: [{ CidrIp: only }] }, only, 1]
        : [{ Ipv6Ranges: [{ CidrIpv6: only }] }, only, 1]
  // Of ICMP a rule names type and code.
  const ports = { FromPort: port, ToPort: isIcmp(protocol) ? -1 : port }
  const input = { GroupId: own, IpPermissions: [{ IpProtocol: protocolName(protocol), ...ports, ...to }] }
  const what = isIcmp(protocol) ? 'echo requests' : `${protocolName(protocol)} ${port}`
  const exposure = members(model, own) * addresses
  return direction === 'egress'
    ? [[fix('AuthorizeSecurityGroupEgress', input, exposure, `Let ${own} out to ${who} by ${what}.`)]]
    : [[fix('AuthorizeSecurityGroupIngress', input, exposure, `Let ${who} in to ${own} by ${what}.`)]]
}

const LAST_RULE_NUMBER = 32766

export function openAcl(model: Model, cause: Cause & { kind: 'acl' }): Suggestion[] {
  const { acl, direction, protocol, peer, ports, entry } = cause
  const taken = new Set(aclEntries(acl)[direction].map(({ number }) => number))
  const highest = Math.max(0, ...[...taken].filter((number) => number <= LAST_RULE_NUMBER))
  // Right before the entry that denies, so that what stands before it keeps its say; else after all others.
  let number = entry && entry.number <= LAST_RULE_NUMBER ? entry.number - 1 : Math.min(highest + 10, LAST_RULE_NUMBER)
  while (number > 0 && taken.has(number)) number--
  if (number < 1) return []
  const block: Block = awsList(model, peer)?.block ?? single(peer)
  const id = acl.NetworkAclId ?? ''
  const input: CallInputs['CreateNetworkAclEntry'] = {
    NetworkAclId: id,
    RuleNumber: number,
    Protocol: String(protocol),
    RuleAction: 'allow',
    Egress: direction === 'egress',
    ...(typeof peer === 'number' ? { CidrBlock: formatCidr(block) } : { Ipv6CidrBlock: formatCidr(block) }),
    ...(isIcmp(protocol)
      ? { IcmpTypeCode: { Type: ports.from, Code: -1 } }
      : { PortRange: { From: ports.from, To: ports.to } }),
  }
  const way = direction === 'egress' ? 'out to' : 'in from'
  const what = isIcmp(protocol) ? protocolName(protocol) : `${protocolName(protocol)} ${portText(ports.from, ports.to)}`
  const whom = size(block) === 1 ? formatIp(peer) : formatCidr(block)
  const text = `Let ${what} ${way} ${whom} by rule ${number} of ${id}.`
  const exposure = behindAcl(model, acl) * size(block) * (ports.to - ports.from + 1)
  return [[fix('CreateNetworkAclEntry', input, exposure, text)]]
}
