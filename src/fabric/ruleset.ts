/**
 * A VPC's packet filter as text for nft(8). Pure: what to enforce goes in, named chains come out, so that an edit is the
 * difference of two texts. In the order in which a packet from an interface meets them:
 *
 * 1. anti-spoofing; 2. network ACLs at the edges of subnets, stateless, hence before anything that knows connections;
 * 3. what belongs to a tracked flow passes; 4. the interface's own list of where it may begin a flow; 5. at an address of
 * the fabric itself: only ports on which something listens, others are reset.
 *
 * Nothing here answers but in 5: what is dropped is silence, as on AWS (VPC user guide, "Security groups", "Network ACLs").
 */
import { formatIpv4, parseIpv4 } from '../network/addresses.ts'
import { perObject } from '../network/memo.ts'
import type { AclRule, FilterPlan, InterfacePlan, Reach, Served } from './filter-plan.ts'

/** Chain name → its rules. */
export type Chains = Readonly<Record<string, readonly string[]>>

export const TABLE = 'inet vpc'

/** Not for groups or ACLs: the Amazon resolver, instance metadata, container credentials (VPC user guide, same pages). */
const LINK_LOCAL = { 4: '169.254.0.0/16', 6: 'fd00:ec2::/32' } as const
const DNS = { 4: ['169.254.169.253'], 6: ['fd00:ec2::253'] } as const
const METADATA = { 4: ['169.254.169.254', '169.254.170.2'], 6: ['fd00:ec2::254'] } as const

const families = [4, 6] as const
type Family = (typeof families)[number]
const ip = (family: Family) => (family === 4 ? 'ip' : 'ip6')
const familyOf = (cidr: string): Family => (cidr.includes(':') ? 6 : 4)
const of = (family: Family, all: readonly string[]) => all.filter((one) => familyOf(one) === family)

export function compileRuleset(plan: FilterPlan): Chains {
  const base = {
    raw: [
      'type filter hook prerouting priority raw',
      'iifname "lo" accept',
      `iifname vmap ${map(plan.interfaces, 'source')}`,
      'drop',
    ],
    replies: [
      'type filter hook output priority raw',
      ...families.map((family) => `${ip(family)} saddr ${set(unfiltered(plan, family))} accept`),
      'oifname != "lo" jump edges',
    ],
    flows: [
      'type filter hook prerouting priority filter',
      'iifname "lo" accept',
      'ct state established,related accept',
      `iifname vmap ${map(plan.interfaces, 'from')}`,
      'drop',
    ],
    arrivals: [
      'type filter hook input priority filter',
      'iifname "lo" accept',
      'ct state established,related accept',
      neighbours,
      ...families.map((family) => `${ip(family)} daddr ${set(unfiltered(plan, family))} accept`),
      ...listeners(plan.served),
      'jump services',
      'drop',
    ],
    services: serviceRules(plan.publicServices),
    edges: families.flatMap((family) => {
      const subnets = plan.subnets.filter(({ cidr }) => familyOf(cidr) === family)
      if (subnets.length === 0) return []
      const verdicts = (chain: string) =>
        `{ ${subnets.map(({ cidr, name }) => `${cidr} : jump ${chain}_${name}_${family}`).join(', ')} }`
      return [`${ip(family)} saddr vmap ${verdicts('out')}`, `${ip(family)} daddr vmap ${verdicts('in')}`]
    }),
  }
  return {
    ...Object.fromEntries(
      plan.subnets.flatMap(({ name, cidr, ingress, egress }) => {
        const family = familyOf(cidr)
        const acl = (peer: 'saddr' | 'daddr', rules: readonly AclRule[]) => [
          // Never between two interfaces of one subnet.
          `${ip(family)} ${peer} ${cidr} return`,
          ...rules.filter((rule) => familyOf(rule.cidr) === family).map((rule) => aclRule(rule, peer)),
          'drop',
        ]
        return [
          [`out_${name}_${family}`, acl('daddr', egress)],
          [`in_${name}_${family}`, acl('saddr', ingress)],
        ]
      }),
    ),
    ...Object.fromEntries(plan.interfaces.map((one) => [`source_${one.device}`, sourceRules(plan, one)])),
    ...Object.fromEntries(plan.interfaces.map((one) => [`from_${one.device}`, flowRules(plan, one)])),
    ...base,
  }
}

/** Nothing passes: what is enforced where the real ruleset cannot be. */
export const CLOSED: Chains = { flows: ['type filter hook prerouting priority raw', 'drop'] }

const neighbours = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'

/** Only the interface's own addresses leave it; the rest of what it sends meets the ACLs. */
function sourceRules(plan: FilterPlan, { addresses }: InterfacePlan): string[] {
  return [
    // Both know their neighbour by heart, but the kernel asks now and then whether it is still there.
    `ip6 saddr fe80::/10 ${neighbours}`,
    ...families.map((family) => {
      const own = of(family, addresses)
      return own.length > 0 ? `${ip(family)} saddr != ${set(own)} drop` : `meta nfproto ipv${family} drop`
    }),
    ...families.map((family) => `${ip(family)} daddr ${set(unfiltered(plan, family))} accept`),
    'jump edges',
    'accept',
  ]
}

/** Where a flow may begin to; routes and both ends' groups are in the list already. */
function flowRules(plan: FilterPlan, { allow, addresses }: InterfacePlan): string[] {
  return [
    neighbours,
    'ct state invalid drop',
    ...families.flatMap((family) =>
      of(family, addresses).length === 0
        ? []
        : [
            `${ip(family)} daddr ${set([...DNS[family], ...of(family, plan.resolvers)])} meta l4proto { tcp, udp } th dport 53 accept`,
            `${ip(family)} daddr ${set([...METADATA[family]])} tcp dport 80 accept`,
            `${ip(family)} daddr ${set(unfiltered(plan, family))} drop`,
            ...together(allow.filter(({ cidr }) => familyOf(cidr) === family)).map(
              ({ cidrs, ports }) => `${ip(family)} daddr ${set(cidrs)} ${ports}accept`,
            ),
          ],
    ),
    'drop',
  ]
}

function unfiltered(plan: FilterPlan, family: Family): string[] {
  return [LINK_LOCAL[family], ...of(family, plan.resolvers)]
}

/** A connection to a port on which nothing listens is reset; to an address that is nobody's it is dropped. */
function listeners(served: readonly Served[]): string[] {
  return families.flatMap((family) => {
    const own = served.filter(({ cidr }) => familyOf(cidr) === family)
    if (own.length === 0) return []
    const to = (some: readonly Served[]) =>
      `${ip(family)} daddr ${set(ranges(outermost(some.map(({ cidr }) => cidr))))}`
    return [
      ...[...Map.groupBy(own, ({ ports: all }) => set(all.map(String)))]
        .filter(([all]) => all !== set([]))
        .map(([all, some]) => `${to(some)} tcp dport ${all} accept`),
      `${to(own)} meta l4proto tcp reject with tcp reset`,
    ]
  })
}

const serviceRules = perObject(listeners)

/** Neighbouring single addresses of IPv4 as one range: AWS's public services stand in rows. */
function ranges(cidrs: readonly string[]): string[] {
  const singles = cidrs.filter((cidr) => familyOf(cidr) === 4 && !cidr.includes('/'))
  const numbers = singles.map((cidr) => parseIpv4(cidr) ?? 0).toSorted((a, b) => a - b)
  const rows: [number, number][] = []
  for (const number of numbers) {
    const row = rows.at(-1)
    if (row && number === row[1] + 1) row[1] = number
    else rows.push([number, number])
  }
  return [
    ...cidrs.filter((cidr) => !singles.includes(cidr)),
    ...rows.map(([from, to]) => (from === to ? formatIpv4(from) : `${formatIpv4(from)}-${formatIpv4(to)}`)),
  ]
}

/** Rules that differ in nothing but the address become one; an address within another's block says nothing new. */
function together(allow: readonly Reach[]): { ports: string; cidrs: string[] }[] {
  return [...Map.groupBy(allow, ports)].map(([match, rules]) => ({
    ports: match,
    cidrs: outermost(rules.map(({ cidr }) => cidr)),
  }))
}

/** Blocks either lie apart or within one another. nft(8) merges neighbours but refuses the latter. */
function outermost(cidrs: readonly string[]): string[] {
  const blocks = [...new Set(cidrs)].map(blockOf).toSorted((a, b) => a.length - b.length)
  const seen = new Map<number, Set<string>>()
  return blocks.flatMap(({ text, bits, length }) => {
    for (const [shorter, heads] of seen) if (heads.has(bits.slice(0, shorter))) return []
    const heads = seen.get(length) ?? new Set<string>()
    seen.set(length, heads.add(bits.slice(0, length)))
    return [text]
  })
}

function blockOf(text: string): { text: string; bits: string; length: number } {
  const [address = '', length] = text.split('/')
  const wide = text.includes(':')
  const bits = wide
    ? groupsOf(address).map((group) => parseInt(group, 16).toString(2).padStart(16, '0'))
    : address.split('.').map((part) => Number(part).toString(2).padStart(8, '0'))
  return { text, bits: bits.join(''), length: length === undefined ? (wide ? 128 : 32) : Number(length) }
}

/** The eight groups of an IPv6 address, `::` written out. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}

function aclRule(rule: AclRule, peer: 'saddr' | 'daddr'): string {
  return `${ip(familyOf(rule.cidr))} ${peer} ${rule.cidr} ${ports(rule)}${rule.allow ? 'return' : 'drop'}`
}

/** `tcp dport 443 `; protocols without ports are named alone, all of them by nothing. */
function ports({ protocol, fromPort, toPort, cidr }: Reach | AclRule): string {
  if (protocol === -1) return ''
  if (protocol === ICMP && familyOf(cidr) === 4 && !(fromPort <= 0 && toPort >= 255))
    return `icmp type ${fromPort}-${toPort} `
  const name = PROTOCOLS[protocol]
  if (name === undefined) return `meta l4proto ${protocol === ICMP && familyOf(cidr) === 6 ? ICMPV6 : protocol} `
  return fromPort <= 0 && toPort >= 65_535 ? `meta l4proto ${name} ` : `${name} dport ${fromPort}-${toPort} `
}

const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp' }
const ICMP = 1
const ICMPV6 = 58

const set = (elements: readonly string[]) => `{ ${elements.join(', ')} }`

function map(interfaces: readonly InterfacePlan[], chain: string): string {
  // A map must not be empty; no device has this name.
  const verdicts = interfaces.map(({ device }) => `"${device}" : goto ${chain}_${device}`)
  return set(['"none" : drop', ...verdicts])
}

/** What leads from one ruleset to the other, as one transaction; empty when nothing changed. Without a `before`, all anew. */
export function transition(before: Chains | undefined, after: Chains): string {
  if (!before) return `add table ${TABLE}\ndelete table ${TABLE}\n${transition({}, after)}`
  const changed = Object.keys(after).filter((name) => !same(before[name], after[name]!))
  const gone = Object.keys(before).filter((name) => after[name] === undefined)
  if (changed.length + gone.length === 0) return ''
  return [
    `add table ${TABLE}`,
    ...changed.map((name) => `add chain ${TABLE} ${name}${hookOf(after[name]!)}`),
    ...[...changed, ...gone].map((name) => `flush chain ${TABLE} ${name}`),
    ...changed.flatMap((name) => rulesOf(after[name]!).map((rule) => `add rule ${TABLE} ${name} ${rule}`)),
    ...gone.map((name) => `delete chain ${TABLE} ${name}`),
    '',
  ].join('\n')
}

function same(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return one === other || (one?.length === other.length && one.every((rule, index) => rule === other[index]))
}

const isHook = (rule: string) => rule.startsWith('type filter hook')
const hookOf = (rules: readonly string[]) => {
  const hook = rules.find(isHook)
  return hook === undefined ? '' : ` { ${hook}; }`
}
const rulesOf = (rules: readonly string[]) => rules.filter((rule) => !isHook(rule))
