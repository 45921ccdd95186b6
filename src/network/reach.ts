/**
 * What the packet filter of a real VPC enforces, from the very predicates of `connect()`: which addresses answer, where an
 * interface may send to, and the lists of network ACLs.
 *
 * The set of an interface is found by cutting the address axis at every boundary of a rule, route, prefix list, block or
 * interface. Between two cuts nothing changes, so one walk tells the whole cell; on the way the groups are only noted, and
 * what all of them admit together are the cell's ports (facts network.md §3.4).
 */
import type { Network } from './types.ts'
import { formatCidr, formatIp, parseIp, PRIVATE_BLOCKS, single } from './addresses.ts'
import type { Block, Ip } from './addresses.ts'
import { Cells, END4, END6 } from './cells.ts'
import { isAvailable } from './dns.ts'
import { hypervisorServices } from './hypervisor.ts'
import { privateAddresses } from './lists.ts'
import { modelOf } from './model.ts'
import type { Interface, Model } from './model.ts'
import { aclEntries } from './network-acl.ts'
import type { AclEntry } from './network-acl.ts'
import { hostOnPremises } from './on-premises.ts'
import { leavePremises } from './origin.ts'
import { surveyPath } from './path.ts'
import type { Arrival, Gate, Path } from './path.ts'
import { adding, EVERYTHING, intersection, NOTHING, union } from './port-set.ts'
import type { PortSet } from './port-set.ts'
import type { CompiledRouteTable } from './route-table.ts'
import { TCP, UDP } from './protocol.ts'
import { openings, ruleBlocks } from './security-group.ts'
import { serviceByName } from './services.ts'
import { transitBlocks } from './transit-routes.ts'
import { staticBlocks } from './vpn-connection.ts'
import { leave } from './walk.ts'

/** An address at which an interface endpoint answers. */
export interface ServedAddress {
  readonly address: string
  readonly ports: readonly number[]
  /** Endpoint service name. */
  readonly what: string
  readonly vpcEndpointId?: string
}

/** A block of destinations to which an interface may send; of `icmp` the ports are types. `any` is every protocol. */
export interface Opening {
  readonly cidr: string
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'any'
  readonly fromPort: number
  readonly toPort: number
}

/** An entry of a network ACL. The list is tried in order of numbers; what no entry matches is denied. */
export interface AclRule {
  readonly number: number
  readonly action: 'allow' | 'deny'
  /** IP protocol number, -1 for all. */
  readonly protocol: number
  readonly cidr: string
  /** Of ICMP: types. */
  readonly fromPort: number
  readonly toPort: number
}

/** Addresses of a VPC's available interface endpoints, with the ports of their services. */
export function servedAddresses(network: Network, vpcId: string): ServedAddress[] {
  const model = modelOf(network)
  return model.endpointsOf(vpcId).flatMap((endpoint) => {
    if (endpoint.VpcEndpointType !== 'Interface' || !isAvailable(endpoint)) return []
    const what = endpoint.ServiceName ?? ''
    const ports = serviceByName(model.region, what)?.ports ?? [443]
    const { VpcEndpointId: vpcEndpointId } = endpoint
    return (endpoint.NetworkInterfaceIds ?? [])
      .flatMap((id) => model.interface(id)?.document ?? [])
      .flatMap((document) => privateAddresses(document))
      .map((address) => ({ address: formatIp(address), ports, what, ...(vpcEndpointId && { vpcEndpointId }) }))
  })
}

/** Entries of the ACL of a subnet. A subnet without a known ACL lets nothing pass: both lists are empty. */
export function aclRules(network: Network, subnetId: string): { ingress: AclRule[]; egress: AclRule[] } {
  const acl = modelOf(network).subnet(subnetId)?.acl
  const rule = ({ number, allow, protocol, cidr, from, to }: AclEntry): AclRule => ({
    number,
    action: allow ? 'allow' : 'deny',
    protocol,
    cidr: formatCidr(cidr),
    fromPort: from,
    toPort: to,
  })
  const { ingress, egress } = acl ? aclEntries(acl) : { ingress: [], egress: [] }
  return { ingress: ingress.map(rule), egress: egress.map(rule) }
}

/**
 * Everything to which packets of an interface get through, network ACLs left aside: the filter enforces those packet by
 * packet. Non-overlapping. A port at which nothing listens counts: the packet arrives, and is refused there.
 * Empty for an interface that does not exist or never opens connections. `networkInterfaceId` may be a host on premises.
 */
export function reachableFrom(network: Network, networkInterfaceId: string): Opening[] {
  const { open, premises } = survey(network, networkInterfaceId)
  return [...open, ...premises]
}

/** What an interface reaches, by where that is. */
export interface Survey {
  /** In VPCs and on the internet. */
  readonly open: Opening[]
  /** On premises: whatever has the same address elsewhere is not meant. */
  readonly premises: Opening[]
  /** Of `open`, what is reached by a NAT gateway, under an address of that. */
  readonly translated: Opening[]
  /** Of `open`, what is reached without the ACL of its own subnet. */
  readonly uncrossed: Opening[]
}

/** The same in parts. */
export function survey(network: Network, networkInterfaceId: string): Survey {
  const model = modelOf(network)
  const sender = senderOf(model, networkInterfaceId)
  const parts = { open: new Cells(), premises: new Cells(), translated: new Cells(), uncrossed: new Cells() }
  if (sender) {
    const { four, six } = boundaries(model, sender.from)
    if (sender.four) sweep(model, sender, four, END4, parts)
    if (sender.six) sweep(model, sender, six, END6, parts)
  }
  const { open, premises, translated, uncrossed } = parts
  return { open: open.list(), premises: premises.list(), translated: translated.list(), uncrossed: uncrossed.list() }
}

/** Who sends: an interface, or a host on premises. */
interface Sender {
  readonly from?: Interface
  readonly four: boolean
  readonly six: boolean
  readonly leave: (path: Path, destination: Ip) => Arrival | undefined
}

function senderOf(model: Model, id: string): Sender | undefined {
  const head = { port: 0, protocol: TCP }
  const host = hostOnPremises(id)
  if (host) {
    const source = parseIp(host.ip)
    if (source === undefined) return undefined
    return {
      four: typeof source === 'number',
      six: typeof source === 'bigint',
      leave: (path, destination) => leavePremises(path, model, host.gatewayId, source, { destination, ...head }),
    }
  }
  const from = model.interface(id)
  if (!from || model.endpointOf(id)) return undefined
  return {
    from,
    four: from.address !== undefined,
    six: from.address6 !== undefined,
    leave: (path, destination) => leave(path, model, from, { destination, ...head }),
  }
}

/** Walks to the first address of each stretch between two cuts. */
function sweep(
  model: Model,
  { from, leave: walk }: Sender,
  cuts: readonly Ip[],
  end: Ip,
  parts: Readonly<Record<keyof Survey, Cells>>,
): void {
  const special = from ? hypervisorServices(from.subnet.vpc) : []
  const known = new Map<string, PortSet>()
  for (const [at, first] of cuts.entries()) {
    const path = surveyPath()
    const arrival = walk(path, first)
    let set = arrival && path.findings.length === 0 ? admittedBy(model, path.gates, known) : NOTHING
    for (const { address, protocols, port } of special) {
      if (address !== first) continue
      const ports = [{ from: port, to: port }]
      set = adding(set, { tcp: protocols.includes(TCP) ? ports : [], udp: protocols.includes(UDP) ? ports : [] })
    }
    const next = cuts[at + 1] ?? end
    const isOnPremises = path.hops.some(({ kind, direction }) => kind === 'on-premises' && direction === 'in')
    parts.open.add(first, next, isOnPremises ? NOTHING : set)
    parts.premises.add(first, next, isOnPremises ? set : NOTHING)
    parts.uncrossed.add(first, next, path.uncrossed ? set : NOTHING)
    parts.translated.add(first, next, path.translated && !isOnPremises ? set : NOTHING)
  }
}

/** What all groups and gateways on the way let through. `known`: answers of groups at which many peers arrive. */
function admittedBy(model: Model, gates: readonly Gate[], known: Map<string, PortSet>): PortSet {
  let set = EVERYTHING
  for (const gate of gates) {
    if (gate.kind === 'protocols') {
      set = intersection(set, gate.set)
      continue
    }
    const { end, direction, peer } = gate
    const key =
      direction === 'ingress' ? `${[...end.groupIds].join()} ${peer.address} ${[...peer.groupIds].join()}` : ''
    const answer = known.get(key) ?? union(openings(end.groups, direction, peer, model.prefixList))
    if (key) known.set(key, answer)
    set = intersection(set, answer)
  }
  return set
}

/** Every address at which the way from an interface may change, in order, and where each family begins. */
function boundaries(model: Model, from: Interface | undefined): { four: number[]; six: bigint[] } {
  const { documents } = model
  const blocks: Block[] = [
    ...PRIVATE_BLOCKS,
    ...(from ? ruleBlocks(from.groups, 'egress', model.prefixList) : []),
    ...(from ? hypervisorServices(from.subnet.vpc).map(({ address }) => single(address)) : []),
  ]
  const tables = new Set<CompiledRouteTable>()
  for (const { SubnetId } of documents.Subnets) {
    const subnet = model.subnet(SubnetId)
    if (!subnet) continue
    blocks.push(...[subnet.cidr, subnet.cidr6].filter((one) => one !== undefined), ...subnet.vpc.blocks)
    tables.add(subnet.routes)
  }
  for (const table of tables) blocks.push(...table.routes.map(({ destination }) => destination))
  blocks.push(...transitBlocks(model), ...documents.VpnConnections.flatMap((one) => staticBlocks(one)))
  for (const document of documents.NetworkInterfaces) {
    for (const address of privateAddresses(document)) blocks.push(single(address))
  }
  for (const address of model.publicAddresses()) blocks.push(single(address))
  const four = new Set<number>([0])
  const six = new Set<bigint>([0n])
  for (const { base, length } of blocks) {
    if (typeof base === 'number') {
      four.add(base)
      if (base + 2 ** (32 - length) < END4) four.add(base + 2 ** (32 - length))
    } else {
      six.add(base)
      if (base + (1n << BigInt(128 - length)) < END6) six.add(base + (1n << BigInt(128 - length)))
    }
  }
  return {
    four: [...four].sort((one, other) => one - other),
    six: [...six].sort((one, other) => (one < other ? -1 : 1)),
  }
}
