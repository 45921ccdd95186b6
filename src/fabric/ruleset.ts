/**
 * A VPC's packet filter as text for nft(8). Pure: what to enforce goes in, named chains come out, so that an edit is the
 * difference of two texts. In the order in which a packet from an interface meets them:
 *
 * 1. anti-spoofing; 2. network ACLs at the edges of subnets, stateless, hence before anything that knows connections;
 * 3. what belongs to a tracked flow passes; 4. the interface's own list of where it may begin a flow; 5. at an address of
 * the fabric itself: only ports on which something listens, others are reset; elsewhere, what of the real internet is open.
 *
 * Nothing here answers but in 5: what is dropped is silence, as on AWS (VPC user guide, "Security groups", "Network ACLs").
 */
import { perObject } from '../network/memo.ts'
import { outermost, ranges } from './address-sets.ts'
import { CORPORATE_DNS } from './premises.ts'
import type { AclRule, FilterPlan, InterfacePlan, InternetPlan, Reach, Served } from './filter-plan.ts'

/** Chain name → its rules. */
type Chains = Readonly<Record<string, readonly string[]>>

export interface Ruleset {
  readonly chains: Chains
  /** Each has two chains of its own. They are in named maps: to add to one costs the kernel half of what a changed rule does. */
  readonly devices: readonly string[]
}

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

export function compileRuleset(plan: FilterPlan): Ruleset {
  const guarded = isGuarded(plan)
  const translated = translatedOf(plan)
  const onPremises = plan.interfaces.some((one) => one.onPremises.length > 0)
  const base = {
    raw: ['type filter hook prerouting priority raw', 'iifname "lo" accept', 'iifname vmap @source', 'drop'],
    replies: [
      'type filter hook output priority raw',
      ...(guarded
        ? [
            ...families.map((family) => `${ip(family)} saddr ${set(unfiltered(plan, family))} accept`),
            ...plan.interfaces.flatMap((one) => uncrossedRules(one, 'saddr', 'entering', `oifname "${one.device}" `)),
            'oifname != "lo" jump edges',
          ]
        : []),
    ],
    flows: [
      'type filter hook prerouting priority filter',
      'iifname "lo" accept',
      ...translated.map(({ device, cidrs }) => `iifname "${device}" ip daddr ${set(cidrs)} meta l4proto tcp jump idle`),
      'ct state established,related accept',
      'iifname vmap @from',
      'drop',
    ],
    arrivals: [
      'type filter hook input priority filter',
      'iifname "lo" accept',
      ...(translated.length > 0 ? [`meta mark ${IDLE} meta l4proto tcp reject with tcp reset`] : []),
      'ct state established,related accept',
      neighbours,
      ...families.map((family) => `${ip(family)} daddr ${set(unfiltered(plan, family))} accept`),
      ...(onPremises ? [`meta mark ${PREMISES} ${plan.internet ? 'goto premises' : 'drop'}`] : []),
      ...listeners(plan.served),
      'jump services',
      ...(plan.internet ? ['jump internet'] : []),
      'drop',
    ],
    ...(onPremises && {
      ...(plan.internet && { premises: ['jump internet', 'drop'] }),
      onward: [
        'type filter hook forward priority filter',
        `meta mark ${PREMISES} oifname != ${set(['"none"', ...plan.interfaces.filter((one) => one.premises).map(({ device }) => `"${device}"`)])} drop`,
      ],
    }),
    services: serviceRules(plan.publicServices),
    ...(plan.internet && { internet: internetRules(plan.internet) }),
    ...(translated.length > 0 && idleChains(plan, translated)),
    edges: ['jump leaving', 'jump entering'],
    leaving: families.flatMap((family) => verdicts(plan, family, 'saddr', 'out', 'egress')),
    entering: families.flatMap((family) => verdicts(plan, family, 'daddr', 'in', 'ingress')),
  }
  const chains = {
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
  return { chains, devices: plan.interfaces.map(({ device }) => device) }
}

/** A packet that comes too late for its NAT gateway. */
const IDLE = '0x350'
/** The first packet to somewhere on premises: nobody of the fabric's own takes it. */
const PREMISES = '0x351'
const FLOWS = 'nat_flows'

function translatedOf({ interfaces }: FilterPlan): { device: string; cidrs: string[] }[] {
  return interfaces.flatMap(({ device, translated }) => {
    const cidrs = outermost(of(4, translated))
    return cidrs.length > 0 ? [{ device, cidrs }] : []
  })
}

/**
 * A NAT gateway forgets a connection that is idle: who goes on from inside is reset, what comes from outside is dropped.
 * Packets of either direction keep it in mind. Not for IPv6 that it translates (NAT64).
 */
function idleChains(
  { natIdleSeconds }: FilterPlan,
  translated: readonly { device: string; cidrs: string[] }[],
): Chains {
  const remember = (tuple: string) => `update @${FLOWS} { ${tuple} timeout ${natIdleSeconds}s }`
  const [out, back] = ['ip saddr . tcp sport . ip daddr . tcp dport', 'ip daddr . tcp dport . ip saddr . tcp sport']
  return {
    idle: [
      `ct state new ${remember(out)} return`,
      `${out} @${FLOWS} ${remember(out)} return`,
      `ct state established meta mark set ${IDLE}`,
    ],
    idle_replies: [
      'type filter hook output priority filter',
      ...translated.flatMap(({ device, cidrs }) => {
        const from = `oifname "${device}" ip saddr ${set(cidrs)} meta l4proto tcp`
        return [`${from} ${back} @${FLOWS} ${remember(back)} accept`, `${from} tcp flags & rst == 0 drop`]
      }),
    ],
  }
}

const FLOWS_SET = `add set ${TABLE} ${FLOWS} { type ipv4_addr . inet_service . ipv4_addr . inet_service; flags dynamic,timeout; size 65536; }`

/** Nothing passes: what is enforced where the real ruleset cannot be. */
export const CLOSED: Ruleset = {
  chains: { flows: ['type filter hook prerouting priority raw', 'drop'] },
  devices: [],
}

/** An ACL that lets everything pass, as a VPC's first one does, need not be asked about every packet. */
function isOpen(rules: readonly AclRule[], family: Family): boolean {
  const first = rules.find(({ cidr }) => familyOf(cidr) === family)
  return first !== undefined && first.allow && first.protocol === -1 && first.cidr.endsWith('/0')
}

function isGuarded({ subnets }: FilterPlan): boolean {
  return !subnets.every(
    ({ cidr, ingress, egress }) => isOpen(ingress, familyOf(cidr)) && isOpen(egress, familyOf(cidr)),
  )
}

/** The chain of the subnet that a packet leaves, or of the one that it enters. */
function verdicts(
  { subnets }: FilterPlan,
  family: Family,
  address: 'saddr' | 'daddr',
  chain: 'out' | 'in',
  list: 'egress' | 'ingress',
): string[] {
  const asked = subnets.filter((one) => familyOf(one.cidr) === family && !isOpen(one[list], family))
  const jumps = asked.map(({ cidr, name }) => `${cidr} : jump ${chain}_${name}_${family}`)
  return jumps.length > 0 ? [`${ip(family)} ${address} vmap ${set(jumps)}`] : []
}

const neighbours = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'

/** Only the interface's own addresses leave it; the rest of what it sends meets the ACLs. */
function sourceRules(plan: FilterPlan, one: InterfacePlan): string[] {
  const { addresses } = one
  return [
    // Both know their neighbour by heart, but the kernel asks now and then whether it is still there.
    `ip6 saddr fe80::/10 ${neighbours}`,
    ...families.map((family) => {
      const own = of(family, addresses)
      return own.length > 0 ? `${ip(family)} saddr != ${set(own)} drop` : `meta nfproto ipv${family} drop`
    }),
    ...(isGuarded(plan)
      ? [
          ...families.map((family) => `${ip(family)} daddr ${set(unfiltered(plan, family))} accept`),
          ...uncrossedRules(one, 'daddr', 'leaving'),
          'jump edges',
        ]
      : []),
    'accept',
  ]
}

/** To and from what is reached without its own subnet's ACL: the interface's own alone is asked. */
function uncrossedRules({ uncrossed }: InterfacePlan, end: 'saddr' | 'daddr', chain: string, match = ''): string[] {
  return families.flatMap((family) => {
    const some = of(family, outermost(uncrossed))
    if (some.length === 0) return []
    const packets = `${match}${ip(family)} ${end} ${set(some)}`
    return [`${packets} jump ${chain}`, `${packets} accept`]
  })
}

/** Where a flow may begin to; routes and both ends' groups are in the list already. */
function flowRules(plan: FilterPlan, one: InterfacePlan): string[] {
  const { allow, addresses } = one
  return [
    neighbours,
    'ct state invalid drop',
    ...families.flatMap((family) =>
      of(family, addresses).length === 0
        ? []
        : [
            ...local(plan, one, family),
            `${ip(family)} daddr ${set(unfiltered(plan, family))} drop`,
            ...grouped(allow)[family].map(({ cidrs, ports }) => `${ip(family)} daddr ${set(cidrs)} ${ports}accept`),
            ...grouped(one.onPremises)[family].map(
              ({ cidrs, ports }) => `${ip(family)} daddr ${set(cidrs)} ${ports}meta mark set ${PREMISES} accept`,
            ),
          ],
    ),
    'drop',
  ]
}

/** Where the hypervisor answers; on premises, the DNS server there. */
function local({ isResolverOff, resolvers }: FilterPlan, { premises }: InterfacePlan, family: Family): string[] {
  const dns = premises ? [CORPORATE_DNS[family]] : isResolverOff ? [] : [...DNS[family], ...of(family, resolvers)]
  return [
    ...(dns.length > 0 ? [`${ip(family)} daddr ${set(dns)} meta l4proto { tcp, udp } th dport 53 accept`] : []),
    ...(premises ? [] : [`${ip(family)} daddr ${set([...METADATA[family]])} tcp dport 80 accept`]),
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

/** What of the real internet the server connects to; whether the way leads there was asked before. */
function internetRules({ own, named, guarded, blocks }: InternetPlan): string[] {
  return families.flatMap((family) => {
    const closed = (cidrs: readonly string[]) => {
      const some = of(family, outermost(cidrs))
      return some.length > 0 ? [`${ip(family)} daddr ${set(some)} drop`] : []
    }
    const open = (served: readonly Served[]) => {
      const some = served.filter(({ cidr }) => familyOf(cidr) === family)
      return [...Map.groupBy(some, ({ ports: all }) => set(all.map(String)))].map(
        ([all, group]) =>
          `${ip(family)} daddr ${set(outermost(group.map(({ cidr }) => cidr)))} tcp dport ${all} accept`,
      )
    }
    return [...closed(own), ...open(named), ...closed(guarded), ...open(blocks)]
  })
}

/** Rules that differ in nothing but the address become one; an address within another's block says nothing new. */
function together(allow: readonly Reach[]): { ports: string; cidrs: string[] }[] {
  return [...Map.groupBy(allow, ports)].map(([match, rules]) => ({
    ports: match,
    cidrs: outermost(rules.map(({ cidr }) => cidr)),
  }))
}

const grouped = perObject((all: readonly Reach[]) => ({
  4: together(all.filter(({ cidr }) => familyOf(cidr) === 4)),
  6: together(all.filter(({ cidr }) => familyOf(cidr) === 6)),
}))

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

/** Of each device the chain `source_…` or `from_…`. */
const MAPS = ['source', 'from']

/** What leads from one ruleset to the other, as one transaction; empty when nothing changed. Without a `before`, all anew. */
export function transition(before: Ruleset | undefined, after: Ruleset): string {
  if (!before) {
    const maps = MAPS.map((name) => `add map ${TABLE} ${name} { type ifname : verdict; }`)
    const anew = [`add table ${TABLE}`, `delete table ${TABLE}`, `add table ${TABLE}`, ...maps, '']
    return anew.join('\n') + transition({ chains: {}, devices: [] }, after)
  }
  const [old, now] = [before.chains, after.chains]
  const changed = Object.keys(now).filter((name) => !same(old[name], now[name]!))
  const gone = Object.keys(old).filter((name) => now[name] === undefined)
  if (changed.length + gone.length === 0) return ''
  const added = after.devices.filter((device) => !before.devices.includes(device))
  const removed = before.devices.filter((device) => !after.devices.includes(device))
  const elements = (verb: string, devices: readonly string[]) =>
    devices.flatMap((device) =>
      MAPS.map((name) => `${verb} element ${TABLE} ${name} { "${device}" : goto ${name}_${device} }`),
    )
  return [
    ...(now['idle'] && !old['idle'] ? [FLOWS_SET] : []),
    ...changed.map((name) => `add chain ${TABLE} ${name}${hookOf(now[name]!)}`),
    ...[...changed, ...gone].filter((name) => old[name]).map((name) => `flush chain ${TABLE} ${name}`),
    ...changed.flatMap((name) => rulesOf(now[name]!).map((rule) => `add rule ${TABLE} ${name} ${rule}`)),
    ...elements('delete', removed),
    ...elements('add', added),
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
