/** Sets of (protocol, port) pairs, as security groups admit them. */
import { ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP } from './protocol.ts'
import type { PortRange } from './network-acl.ts'

/** Ranges are in order and apart. `any`: every protocol whatever, and then the others are whole. */
export interface PortSet {
  readonly any: boolean
  readonly tcp: readonly PortRange[]
  readonly udp: readonly PortRange[]
  /** Types; ICMPv6's for IPv6. */
  readonly icmp: readonly PortRange[]
}

const WHOLE: readonly PortRange[] = [{ from: 0, to: 65535 }]

export const EVERYTHING: PortSet = { any: true, tcp: WHOLE, udp: WHOLE, icmp: WHOLE }
export const NOTHING: PortSet = { any: false, tcp: [], udp: [], icmp: [] }

/** Ranges in order, those that touch made one. */
function merged(ranges: readonly PortRange[]): readonly PortRange[] {
  const found: PortRange[] = []
  for (const range of [...ranges].sort((one, other) => one.from - other.from)) {
    const last = found.at(-1)
    if (last && range.from <= last.to + 1)
      found[found.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else found.push(range)
  }
  return found
}

/** All that some rules admit. */
export function union(admitted: readonly { protocol: number; from: number; to: number }[]): PortSet {
  const [tcp, udp, icmp]: [PortRange[], PortRange[], PortRange[]] = [[], [], []]
  for (const rule of admitted) {
    if (rule.protocol === ALL_PROTOCOLS) return EVERYTHING
    if (rule.protocol === TCP) tcp.push(rule)
    else if (rule.protocol === UDP) udp.push(rule)
    else if (rule.protocol === ICMP || rule.protocol === ICMPV6) icmp.push(rule)
  }
  return { any: false, tcp: merged(tcp), udp: merged(udp), icmp: merged(icmp) }
}

/** Both lists are in order, so one pass over each will do. */
function common(one: readonly PortRange[], other: readonly PortRange[]): readonly PortRange[] {
  const found: PortRange[] = []
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    const [left, right] = [one[a]!, other[b]!]
    const from = Math.max(left.from, right.from)
    const to = Math.min(left.to, right.to)
    if (from <= to) found.push({ from, to })
    if (left.to < right.to) a++
    else b++
  }
  return found
}

/** What is in both. */
export function intersection(one: PortSet, other: PortSet): PortSet {
  if (one.any) return other
  if (other.any) return one
  return {
    any: false,
    tcp: common(one.tcp, other.tcp),
    udp: common(one.udp, other.udp),
    icmp: common(one.icmp, other.icmp),
  }
}

/** A set with ports added. */
export function adding(set: PortSet, more: Pick<PortSet, 'tcp' | 'udp'>): PortSet {
  return set.any ? set : { ...set, tcp: merged([...set.tcp, ...more.tcp]), udp: merged([...set.udp, ...more.udp]) }
}
