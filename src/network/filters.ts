/** The two packet filters as steps of a path: groups at an interface, ACLs at the edge of a subnet. */
import { formatIpv4 } from './addresses.ts'
import type { Ipv4 } from './addresses.ts'
import type { Interface, Model, Subnet } from './model.ts'
import { aclDecision, entryText } from './network-acl.ts'
import type { PortRange } from './network-acl.ts'
import { block, pass } from './path.ts'
import type { Path } from './path.ts'
import { portText, protocolName } from './protocol.ts'
import { admits, hasRules, ruleText } from './security-group.ts'

const NO_GROUPS: ReadonlySet<string> = new Set()

/** Asks the groups of one end of a flow. `peer`: the interface at the other end, if its address is not translated. */
export function passGroups(
  path: Path,
  model: Model,
  end: Interface,
  direction: 'egress' | 'ingress',
  flow: { protocol: number; port: number },
  address: Ipv4,
  peer: Interface | undefined,
): void {
  const { protocol, port } = flow
  const way = direction === 'egress' ? 'out' : 'in'
  const peerGroupIds = peer?.groupIds ?? NO_GROUPS
  const match = admits(end.groups, direction, protocol, port, { address, groupIds: peerGroupIds }, model.prefixList)
  if (match) return pass(path, 'security-group', match.groupId, way, ruleText(match, direction))
  const component = [...end.groupIds].join(', ') || 'no security group'
  const wanted = `${protocolName(protocol)} ${port} ${direction === 'egress' ? 'to' : 'from'} ${formatIpv4(address)}`
  const cause = { kind: 'group', end, direction, protocol, port, peer: address, peerGroupIds } as const
  if (hasRules(end.groups, direction)) {
    const text = `no ${direction} rule of ${component} admits ${wanted}`
    block(path, 'security-group', way, { layer: 'sg', code: 'ENI_SG_RULES_MISMATCH', component, text }, cause)
  } else {
    const text = `${component} has no ${direction} rules, so ${wanted} is dropped`
    block(path, 'security-group', way, { layer: 'sg', code: 'SG_HAS_NO_RULES', component, text }, cause)
  }
}

/** Asks the ACL of a subnet about packets that cross its edge. `peer`: the address outside the subnet. */
export function passAcl(
  path: Path,
  subnet: Subnet,
  direction: 'egress' | 'ingress',
  protocol: number,
  peer: Ipv4,
  ports: PortRange,
  reply = false,
): void {
  const way = direction === 'egress' ? 'out' : 'in'
  const { acl } = subnet
  if (!acl) {
    const text = `the network ACL of ${subnet.id} is not among the documents, so nothing is known to pass it`
    return block(path, 'network-acl', way, { layer: 'nacl', code: 'UNKNOWN_RESOURCE', component: subnet.id, text })
  }
  const component = acl.NetworkAclId ?? ''
  const decision = aclDecision(acl, direction, protocol, peer, ports)
  const rule = entryText(decision, direction)
  const what = reply ? `replies to ${protocolName(protocol)} ${portText(ports.from, ports.to)}` : ''
  if (decision.allowed) return pass(path, 'network-acl', component, way, what ? `${what}: ${rule}` : rule)
  const asked = what || `${protocolName(protocol)} ${portText(ports.from, ports.to)}`
  const text = `${rule} of ${component} drops ${asked} ${direction === 'egress' ? 'to' : 'from'} ${formatIpv4(peer)} at the edge of ${subnet.id}`
  block(
    path,
    'network-acl',
    way,
    { layer: 'nacl', code: 'SUBNET_ACL_RESTRICTION', component, text },
    { kind: 'acl', acl, direction, protocol, peer, ports, ...(decision.entry && { entry: decision.entry }) },
  )
}
