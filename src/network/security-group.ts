/**
 * Security groups: allow rules only, the union over all groups of an interface, nothing matched means a silent drop.
 * Stateful, so replies are never asked about. A reference to a group matches the private addresses of the interfaces
 * that carry it, in the same VPC or over a peering in the same Region; never an address that was translated (VPC user
 * guide, "Security group rules").
 */
import type { NetworkDocuments } from './types.ts'
import { contains, formatCidr, mask, parseBlock, parseCidr } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { perObject } from './memo.ts'
import { ALL_PROTOCOLS, ICMP, ICMPV6, portText, protocolName, protocolNumber, TCP, UDP } from './protocol.ts'

export type SecurityGroupDocument = NetworkDocuments['SecurityGroups'][number]
type Permission = NonNullable<SecurityGroupDocument['IpPermissions']>[number]

/** The other end of a flow, as a rule sees it. */
export interface Peer {
  readonly address: Ip
  /** Groups of the interface that has this address untranslated; empty for everything else. */
  readonly groupIds: ReadonlySet<string>
}

/** Ports (of ICMP: types) of one protocol, or of all. */
export interface Opening {
  readonly protocol: number
  readonly from: number
  readonly to: number
}

type PrefixLists = (id: string) => readonly Block[]

const PEER = { cidr: 0, group: 1, list: 2, cidr6: 3 } as const
const STRIDE = 6

/** Rules of one direction: [protocol, from, to, kind, a, b] in a row, so that the scan touches one array. */
interface Rules {
  readonly packed: Int32Array
  /** Ids of groups and prefix lists, by the `a` of their rule. */
  readonly names: readonly string[]
  /** IPv6 blocks, likewise. */
  readonly blocks6: readonly Block[]
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

/** Ports of TCP and UDP, types of ICMP (echo's code is 0; other codes are not modelled); a rule without them admits all. */
function portsOf({ FromPort, ToPort }: Permission, protocol: number): readonly [number, number] | undefined {
  if (protocol === TCP || protocol === UDP) return [Math.max(FromPort ?? 0, 0), (ToPort ?? -1) < 0 ? 65535 : ToPort!]
  const isIcmp = protocol === ICMP || protocol === ICMPV6
  if (!isIcmp || (FromPort ?? -1) < 0) return [0, 65535]
  return (ToPort ?? -1) <= 0 ? [FromPort!, FromPort!] : undefined
}

function compile(permissions: readonly Permission[]): Rules {
  const rows: number[] = []
  const names: string[] = []
  const blocks6: Block[] = []
  for (const permission of permissions) {
    const protocol = protocolNumber(permission.IpProtocol)
    const ports = portsOf(permission, protocol)
    if (Number.isNaN(protocol) || !ports) continue
    const [from, to] = ports
    for (const range of permission.IpRanges ?? []) {
      const cidr = parseCidr(range.CidrIp ?? '')
      if (cidr) rows.push(protocol, from, to, PEER.cidr, cidr.base, cidr.length)
    }
    for (const range of permission.Ipv6Ranges ?? []) {
      const block = parseBlock(range.CidrIpv6 ?? '')
      if (typeof block?.base === 'bigint') rows.push(protocol, from, to, PEER.cidr6, blocks6.push(block) - 1, 0)
    }
    for (const pair of permission.UserIdGroupPairs ?? []) {
      if (pair.GroupId) rows.push(protocol, from, to, PEER.group, names.push(pair.GroupId) - 1, 0)
    }
    for (const list of permission.PrefixListIds ?? []) {
      if (list.PrefixListId) rows.push(protocol, from, to, PEER.list, names.push(list.PrefixListId) - 1, 0)
    }
  }
  return { packed: Int32Array.from(rows), names, blocks6, count: rows.length / STRIDE, texts: [] }
}

const egressRules = perObject((group: SecurityGroupDocument) => compile(group.IpPermissionsEgress ?? []))
const ingressRules = perObject((group: SecurityGroupDocument) => compile(group.IpPermissions ?? []))

function rulesOf(group: SecurityGroupDocument, direction: 'egress' | 'ingress'): Rules {
  return direction === 'egress' ? egressRules(group) : ingressRules(group)
}

/** Whether the rule that begins at `at` means this peer. */
function means(rules: Rules, at: number, peer: Peer, prefixList: PrefixLists): boolean {
  const { packed } = rules
  const kind = packed[at + 3]!
  const a = packed[at + 4]!
  const { address } = peer
  if (kind === PEER.cidr) return typeof address === 'number' && (address & mask(packed[at + 5]!)) === a
  if (kind === PEER.group) return peer.groupIds.has(rules.names[a]!)
  if (kind === PEER.cidr6) return contains(rules.blocks6[a]!, address)
  return prefixList(rules.names[a]!).some((block) => contains(block, address))
}

/** The first rule that admits the flow, or undefined. `prefixList` gives the blocks of a list; none for an unknown one. */
export function admits(
  groups: readonly SecurityGroupDocument[],
  direction: 'egress' | 'ingress',
  protocol: number,
  port: number,
  peer: Peer,
  prefixList: PrefixLists,
): RuleMatch | undefined {
  for (const group of groups) {
    const rules = rulesOf(group, direction)
    const { packed } = rules
    for (let at = 0; at < packed.length; at += STRIDE) {
      const wanted = packed[at]!
      if (wanted !== protocol && wanted !== ALL_PROTOCOLS) continue
      if (port < packed[at + 1]! || port > packed[at + 2]!) continue
      if (means(rules, at, peer, prefixList)) return { groupId: group.GroupId ?? '', rules, index: at / STRIDE }
    }
  }
  return undefined
}

/** All that `admits` would admit to (or from) a peer; may overlap. */
export function openings(
  groups: readonly SecurityGroupDocument[],
  direction: 'egress' | 'ingress',
  peer: Peer,
  prefixList: PrefixLists,
): Opening[] {
  const found: Opening[] = []
  for (const group of groups) {
    const rules = rulesOf(group, direction)
    const { packed } = rules
    for (let at = 0; at < packed.length; at += STRIDE) {
      if (!means(rules, at, peer, prefixList)) continue
      found.push({ protocol: packed[at]!, from: packed[at + 1]!, to: packed[at + 2]! })
    }
  }
  return found
}

/** Blocks that the rules name, own and of prefix lists: where what they admit may change. */
export function ruleBlocks(
  groups: readonly SecurityGroupDocument[],
  direction: 'egress' | 'ingress',
  prefixList: PrefixLists,
): Block[] {
  return groups.flatMap((group) => {
    const { packed, names, blocks6 } = rulesOf(group, direction)
    const found: Block[] = [...blocks6]
    for (let at = 0; at < packed.length; at += STRIDE) {
      const kind = packed[at + 3]!
      if (kind === PEER.cidr) found.push({ base: packed[at + 4]! >>> 0, length: packed[at + 5]! })
      if (kind === PEER.list) found.push(...prefixList(names[packed[at + 4]!]!))
    }
    return found
  })
}

/** Whether the groups have any rule in that direction at all: AWS tells the two cases apart (SG_HAS_NO_RULES). */
export function hasRules(groups: readonly SecurityGroupDocument[], direction: 'egress' | 'ingress'): boolean {
  return groups.some((group) => rulesOf(group, direction).count > 0)
}

/** A rule in words: `egress tcp 443 to pl-63a5400a`, `ingress all from sg-…`. */
export function ruleText(match: RuleMatch, direction: 'egress' | 'ingress'): string {
  return (match.rules.texts[match.index] ??= spell(match, direction))
}

function spell({ rules, index }: RuleMatch, direction: 'egress' | 'ingress'): string {
  const [protocol, from, to, kind, a, b] = rules.packed.subarray(index * STRIDE, (index + 1) * STRIDE)
  const peer =
    kind === PEER.cidr
      ? formatCidr({ base: a! >>> 0, length: b! })
      : kind === PEER.cidr6
        ? formatCidr(rules.blocks6[a!]!)
        : rules.names[a!]!
  const ports = protocol === TCP || protocol === UDP ? ` ${portText(from!, to!)}` : ''
  return `${direction} ${protocolName(protocol!)}${ports} ${direction === 'egress' ? 'to' : 'from'} ${peer}`
}
