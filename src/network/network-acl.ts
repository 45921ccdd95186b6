/**
 * Network ACLs: numbered entries, the lowest number that matches decides, `*` denies the rest. Stateless: replies are
 * asked about with the client's ephemeral ports. They stand at the edge of a subnet, so traffic inside one never meets
 * them, and they do not see the Amazon resolver (VPC user guide, "Control subnet traffic with network ACLs").
 */
import type { NetworkDocuments } from './types.ts'
import { contains, formatCidr, parseBlock } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { perObject } from './memo.ts'
import { union } from './port-set.ts'
import type { PortSet } from './port-set.ts'
import { ALL_PROTOCOLS, ICMP, ICMPV6, portText, protocolName, protocolNumber, TCP, UDP } from './protocol.ts'

export type NetworkAclDocument = NetworkDocuments['NetworkAcls'][number]

/** Ports that replies come back to, by the kind of client (VPC user guide, "Ephemeral ports"). */
export const LINUX_EPHEMERAL: PortRange = { from: 32768, to: 60999 }
export const NAT_EPHEMERAL: PortRange = { from: 1024, to: 65535 }
/** An echo is answered by ICMP of this type. */
export const ECHO_REPLY = { four: { from: 0, to: 0 }, six: { from: 129, to: 129 } } as const

export interface PortRange {
  readonly from: number
  readonly to: number
}

export interface AclEntry extends PortRange {
  readonly number: number
  readonly allow: boolean
  readonly protocol: number
  readonly cidr: Block
}

type EntryDocument = NonNullable<NetworkAclDocument['Entries']>[number]

/** Ports of TCP and UDP, types of ICMP; all of them for the rest. */
function portsOf({ PortRange, IcmpTypeCode }: EntryDocument, protocol: number): PortRange {
  if (protocol === TCP || protocol === UDP) return { from: PortRange?.From ?? 0, to: PortRange?.To ?? 65535 }
  const type = protocol === ICMP || protocol === ICMPV6 ? (IcmpTypeCode?.Type ?? -1) : -1
  return type < 0 ? { from: 0, to: 65535 } : { from: type, to: type }
}

interface Entries {
  readonly egress: readonly AclEntry[]
  readonly ingress: readonly AclEntry[]
}

/** Entries of both directions in the order of their numbers. */
export const aclEntries = perObject((acl: NetworkAclDocument): Entries => {
  const direction = (egress: boolean): AclEntry[] =>
    (acl.Entries ?? [])
      .flatMap((entry): AclEntry[] => {
        const cidr = parseBlock(entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '')
        const protocol = protocolNumber(entry.Protocol)
        if ((entry.Egress ?? false) !== egress || !cidr || Number.isNaN(protocol)) return []
        const number = entry.RuleNumber ?? 32767
        return [{ number, allow: entry.RuleAction === 'allow', protocol, ...portsOf(entry, protocol), cidr }]
      })
      .sort((one, other) => one.number - other.number)
  return { egress: direction(true), ingress: direction(false) }
})

export interface AclDecision {
  readonly allowed: boolean
  /** The entry that decided; undefined is the `*` that every list ends with. */
  readonly entry?: AclEntry
}

/**
 * Whether every port of `ports` passes. A reply comes back to any port of the ephemeral range, so a list that admits
 * only some of them breaks some connections, and counts as closed.
 */
export function aclDecision(
  acl: NetworkAclDocument,
  direction: 'egress' | 'ingress',
  protocol: number,
  peer: Ip,
  ports: PortRange,
): AclDecision {
  let open: readonly PortRange[] = [ports]
  for (const entry of aclEntries(acl)[direction]) {
    if (entry.protocol !== protocol && entry.protocol !== ALL_PROTOCOLS) continue
    if (!contains(entry.cidr, peer)) continue
    // The usual entry covers all that is asked about.
    if (entry.from <= ports.from && entry.to >= ports.to) return { allowed: entry.allow, entry }
    const left = open.flatMap((range) => without(range, entry))
    const touched = left.length !== open.length || left.some((range, at) => range !== open[at])
    if (!touched) continue
    if (!entry.allow) return { allowed: false, entry }
    if (left.length === 0) return { allowed: true, entry }
    open = left
  }
  return { allowed: false }
}

/** All that an ACL lets through to or from an address, port by port. */
export function aclPorts(acl: NetworkAclDocument, direction: 'egress' | 'ingress', peer: Ip): PortSet {
  const entries = aclEntries(acl)[direction].filter(({ cidr }) => contains(cidr, peer))
  return union(
    [TCP, UDP, typeof peer === 'number' ? ICMP : ICMPV6].flatMap((protocol) => {
      let open: readonly PortRange[] = [{ from: 0, to: 65535 }]
      return entries.flatMap((entry) => {
        if (entry.protocol !== protocol && entry.protocol !== ALL_PROTOCOLS) return []
        const hit = open.flatMap((range) => {
          const both = { from: Math.max(range.from, entry.from), to: Math.min(range.to, entry.to) }
          return both.from <= both.to ? [both] : []
        })
        open = open.flatMap((range) => without(range, entry))
        return entry.allow ? hit.map((range) => ({ protocol, ...range })) : []
      })
    }),
  )
}

/** What is left of `range` once `cut` is taken out; the same object when they do not meet. */
function without(range: PortRange, cut: PortRange): readonly PortRange[] {
  if (cut.to < range.from || cut.from > range.to) return [range]
  const left: PortRange[] = []
  if (cut.from > range.from) left.push({ from: range.from, to: cut.from - 1 })
  if (cut.to < range.to) left.push({ from: cut.to + 1, to: range.to })
  return left
}

/** The entry that decided, in words: `outbound rule 100 allow tcp 443 to 0.0.0.0/0`. */
export function entryText({ entry }: AclDecision, direction: 'egress' | 'ingress'): string {
  if (!entry) return direction === 'egress' ? 'outbound rule * deny' : 'inbound rule * deny'
  return direction === 'egress' ? outbound(entry) : inbound(entry)
}

const outbound = perObject((entry: AclEntry) => `outbound ${spell(entry)} to ${formatCidr(entry.cidr)}`)
const inbound = perObject((entry: AclEntry) => `inbound ${spell(entry)} from ${formatCidr(entry.cidr)}`)

function spell({ number, allow, protocol, from, to }: AclEntry): string {
  const ports = protocol === TCP || protocol === UDP ? ` ${portText(from, to)}` : ''
  return `rule ${number === 32767 ? '*' : number} ${allow ? 'allow' : 'deny'} ${protocolName(protocol)}${ports}`
}
