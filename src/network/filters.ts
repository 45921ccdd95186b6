/** The two packet filters as steps of a path: groups at an interface, ACLs at the edge of a subnet. */
import { formatIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import type { Interface, Model, Subnet } from './model.ts'
import { aclDecision, aclPorts, ECHO_REPLY, entryText } from './network-acl.ts'
import { NOTHING, union } from './port-set.ts'
import type { PortSet } from './port-set.ts'
import type { PortRange } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { LostGroups, Path } from './path.ts'
import { ICMP, ICMPV6, portText, protocolName, TCP, UDP } from './protocol.ts'
import { admits, hasRules, ruleText } from './security-group.ts'

const NO_GROUPS: ReadonlySet<string> = new Set()

/** The other end of a flow: its address, and by which groups rules may know it. */
export interface OtherEnd {
  readonly address: Ip
  readonly peer?: Interface | undefined
  readonly lost?: LostGroups | undefined
}

const isIcmp = (protocol: number): boolean => protocol === ICMP || protocol === ICMPV6

/** Asks the groups of one end of a flow. */
export function passGroups(
  path: Path,
  model: Model,
  end: Interface,
  direction: 'egress' | 'ingress',
  flow: { protocol: number; port: number },
  { address, peer, lost }: OtherEnd,
): void {
  const { protocol, port } = flow
  const way = direction === 'egress' ? 'out' : 'in'
  const peerGroupIds = peer?.groupIds ?? NO_GROUPS
  const asked = { address, groupIds: peerGroupIds }
  if (path.gates) return void path.gates.push({ kind: 'groups', end, direction, peer: asked })
  const match = admits(end.groups, direction, protocol, port, asked, model.prefixList)
  if (match) return pass(path, 'security-group', match.groupId, way, ruleText(match, direction))
  const component = [...end.groupIds].join(', ') || 'no security group'
  const what = isIcmp(protocol) ? protocolName(protocol) : `${protocolName(protocol)} ${port}`
  const wanted = `${what} ${direction === 'egress' ? 'to' : 'from'} ${formatIp(address)}`
  const cause = { kind: 'group', end, direction, protocol, port, peer: address, peerGroupIds } as const
  const mismatch = (code: string, text: string): void =>
    block(path, 'security-group', way, { layer: 'sg', code, component, text }, cause)
  if (!hasRules(end.groups, direction)) {
    return mismatch('SG_HAS_NO_RULES', `${component} has no ${direction} rules, so ${wanted} is dropped`)
  }
  const text = `no ${direction} rule of ${component} admits ${wanted}`
  const known = lost && { address, groupIds: lost.groupIds }
  const referring = known && admits(end.groups, direction, protocol, port, known, model.prefixList)
  if (!referring) return mismatch('ENI_SG_RULES_MISMATCH', text)
  mismatch(lost.code, `${text}: ${ruleText(referring, direction)} does not count here, as ${lost.why}`)
}

/**
 * Asks the ACL of a subnet about packets that cross its edge. `peer`: the address outside the subnet. `between`: neither end
 * lies in the subnet, only a gateway on the way does.
 */
export function passAcl(
  path: Path,
  subnet: Subnet,
  direction: 'egress' | 'ingress',
  protocol: number,
  peer: Ip,
  ports: PortRange,
  reply = false,
  between = false,
): void {
  if (path.gates) {
    // The packet filter knows a subnet by the addresses in it: what these do not tell has to be told here.
    if (path.translated || between)
      path.gates.push({ kind: 'protocols', set: admittedBy(subnet, direction, peer, reply ? ports : undefined) })
    return
  }
  const way = direction === 'egress' ? 'out' : 'in'
  const { acl } = subnet
  if (!acl) {
    const text = `the network ACL of ${subnet.id} is not among the documents, so nothing is known to pass it`
    return block(path, 'network-acl', way, { layer: 'nacl', code: 'UNKNOWN_RESOURCE', component: subnet.id, text })
  }
  const component = acl.NetworkAclId ?? ''
  const decision = aclDecision(acl, direction, protocol, peer, ports)
  const rule = entryText(decision, direction)
  if (decision.allowed && !reply) return pass(path, 'network-acl', component, way, rule)
  const asked = isIcmp(protocol)
    ? protocolName(protocol)
    : `${protocolName(protocol)} ${portText(ports.from, ports.to)}`
  const what = reply ? `replies to ${asked}` : asked
  if (decision.allowed) return pass(path, 'network-acl', component, way, `${what}: ${rule}`)
  const text = `${rule} of ${component} drops ${what} ${direction === 'egress' ? 'to' : 'from'} ${formatIp(peer)} at the edge of ${subnet.id}`
  block(
    path,
    'network-acl',
    way,
    { layer: 'nacl', code: 'SUBNET_ACL_RESTRICTION', component, text },
    { kind: 'acl', acl, direction, protocol, peer, ports, ...(decision.entry && { entry: decision.entry }) },
  )
}

/** What an ACL lets through; of replies, the protocols all of whose ports come back. */
function admittedBy({ acl }: Subnet, direction: 'egress' | 'ingress', peer: Ip, reply: PortRange | undefined): PortSet {
  if (!acl) return NOTHING
  if (!reply) return aclPorts(acl, direction, peer)
  const icmp = typeof peer === 'number' ? ICMP : ICMPV6
  const back = [TCP, UDP, icmp].filter((protocol) => {
    const ports = protocol === icmp ? ECHO_REPLY[icmp === ICMP ? 'four' : 'six'] : reply
    return aclDecision(acl, direction, protocol, peer, ports).allowed
  })
  return union(back.map((protocol) => ({ protocol, from: 0, to: 65535 })))
}
