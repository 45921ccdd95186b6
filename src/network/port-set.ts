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
  if (admitted.some(({ protocol }) => protocol === ALL_PROTOCOLS)) return EVERYTHING
  const of = (...protocols: number[]): readonly PortRange[] =>
    merged(admitted.filter(({ protocol }) => protocols.includes(protocol)).map(({ from, to }) => ({ from, to })))
  return { any: false, tcp: of(TCP), udp: of(UDP), icmp: of(ICMP, ICMPV6) }
}

function common(one: readonly PortRange[], other: readonly PortRange[]): readonly PortRange[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const range = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }
      return range.from <= range.to ? [range] : []
    }),
  )
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
