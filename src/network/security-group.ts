/**
 * Security groups: allow rules only, the union over all groups of an interface, nothing matched means a silent drop.
 * Stateful, so replies are never asked about. A reference to a group matches the private addresses of the interfaces
 * that carry it, in the same VPC; never an address that was translated (VPC user guide, "Security group rules").
 */
import type { NetworkDocuments } from './types.ts'
import { contains, formatCidr, mask, parseCidr } from './addresses.ts'
import type { Cidr, Ipv4 } from './addresses.ts'
import { perObject } from './memo.ts'
import { ALL_PROTOCOLS, portText, protocolName, protocolNumber, TCP, UDP } from './protocol.ts'

export type SecurityGroupDocument = NetworkDocuments['SecurityGroups'][number]
type Permission = NonNullable<SecurityGroupDocument['IpPermissions']>[number]

/** The other end of a flow, as a rule sees it. */
export interface Peer {
  readonly address: Ipv4
  /** Groups of the interface that has this address untranslated; empty for everything else. */
  readonly groupIds: ReadonlySet<string>
}

const PEER = { cidr: 0, group: 1, list: 2 } as const
const STRIDE = 6

/** Rules of one direction: [protocol, from, to, kind, a, b] in a row, so that the scan touches one array. */
interface Rules {
  readonly packed: Int32Array
  /** Ids of groups and prefix lists, by the `a` of their rule. */
  readonly names: readonly string[]
  readonly count: number
  /** Each rule in words, once somebody has asked. */
  readonly texts: (string | undefined)[]
}

/** What decided: in words, as `egress tcp 443 to pl-63a5400a`. */
export interface RuleMatch {
  readonly groupId: string
  readonly rules: Rules
  readonly index: number
}

function compile(permissions: readonly Permission[]): Rules {
  const rows: number[] = []
  const names: string[] = []
  for (const permission of permissions) {
    const protocol = protocolNumber(permission.IpProtocol)
    if (Number.isNaN(protocol)) continue
    // Ports mean something for TCP and UDP only; a rule without them admits all.
    const ported = protocol === TCP || protocol === UDP
    const from = ported ? Math.max(permission.FromPort ?? 0, 0) : 0
    const to = ported ? ((permission.ToPort ?? -1) < 0 ? 65535 : permission.ToPort!) : 65535
    for (const range of permission.IpRanges ?? []) {
      const cidr = parseCidr(range.CidrIp ?? '')
      if (cidr) rows.push(protocol, from, to, PEER.cidr, cidr.base, cidr.length)
    }
    for (const pair of permission.UserIdGroupPairs ?? []) {
      if (pair.GroupId) rows.push(protocol, from, to, PEER.group, names.push(pair.GroupId) - 1, 0)
    }
    for (const list of permission.PrefixListIds ?? []) {
      if (list.PrefixListId) rows.push(protocol, from, to, PEER.list, names.push(list.PrefixListId) - 1, 0)
    }
  }
  return { packed: Int32Array.from(rows), names, count: rows.length / STRIDE, texts: [] }
}

const egressRules = perObject((group: SecurityGroupDocument) => compile(group.IpPermissionsEgress ?? []))
const ingressRules = perObject((group: SecurityGroupDocument) => compile(group.IpPermissions ?? []))

/** The first rule that admits the flow, or undefined. `prefixList` gives the blocks of a list; none for an unknown one. */
export function admits(
  groups: readonly SecurityGroupDocument[],
  direction: 'egress' | 'ingress',
  protocol: number,
  port: number,
  peer: Peer,
  prefixList: (id: string) => readonly Cidr[],
): RuleMatch | undefined {
  const address = peer.address | 0
  for (const group of groups) {
    const rules = direction === 'egress' ? egressRules(group) : ingressRules(group)
    const { packed, names } = rules
    for (let at = 0; at < packed.length; at += STRIDE) {
      const wanted = packed[at]!
      if (wanted !== protocol && wanted !== ALL_PROTOCOLS) continue
      if (port < packed[at + 1]! || port > packed[at + 2]!) continue
      const kind = packed[at + 3]!
      const a = packed[at + 4]!
      const matches =
        kind === PEER.cidr
          ? (address & mask(packed[at + 5]!)) === a
          : kind === PEER.group
            ? peer.groupIds.has(names[a]!)
            : prefixList(names[a]!).some((cidr) => contains(cidr, peer.address))
      if (matches) return { groupId: group.GroupId ?? '', rules, index: at / STRIDE }
    }
  }
  return undefined
}

/** Whether the groups have any rule in that direction at all: AWS tells the two cases apart (SG_HAS_NO_RULES). */
export function hasRules(groups: readonly SecurityGroupDocument[], direction: 'egress' | 'ingress'): boolean {
  return groups.some((group) => (direction === 'egress' ? egressRules(group) : ingressRules(group)).count > 0)
}

/** A rule in words: `egress tcp 443 to pl-63a5400a`, `ingress all from sg-…`. */
export function ruleText(match: RuleMatch, direction: 'egress' | 'ingress'): string {
  return (match.rules.texts[match.index] ??= spell(match, direction))
}

function spell({ rules, index }: RuleMatch, direction: 'egress' | 'ingress'): string {
  const [protocol, from, to, kind, a, b] = rules.packed.subarray(index * STRIDE, (index + 1) * STRIDE)
  const peer = kind === PEER.cidr ? formatCidr({ base: a! >>> 0, length: b! }) : rules.names[a!]!
  const ports = protocol === TCP || protocol === UDP ? ` ${portText(from!, to!)}` : ''
  return `${direction} ${protocolName(protocol!)}${ports} ${direction === 'egress' ? 'to' : 'from'} ${peer}`
}
