/**
 * Where would this end up? The way of one connection, in the order in which AWS decides it: name, source's groups,
 * route, source subnet's ACL, what the route leads to, destination's ACL and groups, listener, the way back, and at last
 * what the other side gets to know about the source.
 */
import type { Connection, NetworkOrigin, Protocol } from './types.ts'
import { formatIp, parseIp, parseIpv4, parseIpv6, privateRange } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { contextOf } from './context.ts'
import { hasPrivateDns, isAvailable, resolveInVpc, resolvePublic, resolverOf, resolverText } from './dns.ts'
import type { Answer } from './dns.ts'
import { arriveInPublic } from './internet-gateway.ts'
import { perObject } from './memo.ts'
import type { Interface, Model } from './model.ts'
import { comeFromOnPremises } from './on-premises.ts'
import { block, newPath, pass } from './path.ts'
import type { Arrival, Finding, Flow, Path } from './path.ts'
import { ECHO, ECHO6, ICMP, ICMPV6, TCP, UDP } from './protocol.ts'
import { leave, replyPorts } from './walk.ts'
import type { Question } from './walk.ts'

export interface Investigation {
  readonly connection: Connection
  /** The connection's blockers with what a fix needs to know of each. */
  readonly findings: readonly Finding[]
}

/** A name as resolved for one origin. `addresses` is what the walk goes on with, even where the client got nothing. */
interface Resolved {
  readonly dns: Connection['dns']
  readonly addresses: readonly Ip[]
  readonly answer?: Answer
}

export function investigate(
  model: Model,
  origin: NetworkOrigin,
  host: string,
  port: number,
  protocol: Protocol = 'tcp',
): Investigation {
  const path = newPath()
  const name = host.toLowerCase().replace(/\.$/, '')
  const source = sourceOf(path, model, origin)
  if (!source) return finish(model, path, { dns: { name, answers: [], via: 'nobody' }, addresses: [] }, undefined)
  const resolved = source.from ? resolveFor(path, model, source.from, name) : resolveOutside(path, model, name)
  const service = resolved.answer?.service
  const attempt = (way: Path, destination: Ip): Investigation => {
    const head = packets(destination, port, protocol)
    const asked: Question = service ? { destination, ...head, service } : { destination, ...head }
    const arrival = source.walk(way, asked)
    if (source.from) nameUnusedEndpoint(way, model, source.from, asked)
    return finish(model, way, resolved, arrival, destination)
  }
  const [first, second] = candidates(resolved.addresses, source.families)
  if (first === undefined) return finish(model, path, resolved, undefined)
  if (second === undefined) return attempt(path, first)
  const branch = (): Path => ({ ...path, hops: [...path.hops], findings: [...path.findings] })
  return betterOf(attempt(branch(), first), () => attempt(branch(), second))
}

/**
 * The first address of each family that the client has too, IPv6 first, as clients sort them (RFC 6724).
 * Where the client has neither, the walk says so of the first.
 */
function candidates(addresses: readonly Ip[], { four, six }: Families): readonly Ip[] {
  const first6 = six ? addresses.find((address) => typeof address === 'bigint') : undefined
  const first4 = four ? addresses.find((address) => typeof address === 'number') : undefined
  if (first6 !== undefined) return first4 === undefined ? [first6] : [first6, first4]
  return first4 === undefined ? addresses.slice(0, 1) : [first4]
}

/** A client falls back to the other family (RFC 8305): what arrives counts, else what has the least in its way. */
function betterOf(first: Investigation, next: () => Investigation): Investigation {
  if (first.connection.verdict === 'allowed') return first
  const second = next()
  return second.connection.verdict === 'allowed' || second.findings.length < first.findings.length ? second : first
}

/** Protocol number and port; an echo request has a type in place of a port. */
function packets(destination: Ip, port: number, protocol: Protocol): Pick<Flow, 'port' | 'protocol'> {
  if (protocol !== 'icmp') return { port, protocol: protocol === 'udp' ? UDP : TCP }
  return typeof destination === 'number' ? { port: ECHO, protocol: ICMP } : { port: ECHO6, protocol: ICMPV6 }
}

interface Families {
  readonly four: boolean
  readonly six: boolean
}

/** Where the connection starts. */
interface Source {
  /** Of a client in a VPC. */
  readonly from?: Interface
  readonly families: Families
  walk(path: Path, asked: Question): Arrival | undefined
}

function sourceOf(path: Path, model: Model, origin: NetworkOrigin): Source | undefined {
  if (origin.kind === 'internet') {
    pass(path, 'internet', 'internet', 'out', origin.ip)
    const ip = parseIp(origin.ip)
    // A client behind any other kind of address is only known to be outside.
    const families = { four: typeof ip !== 'bigint', six: typeof ip === 'bigint' }
    return { families, walk: (way, asked) => comeFromInternet(way, model, origin.ip, ip, asked) }
  }
  if (origin.kind === 'on-premises') {
    const source = parseIp(origin.ip)
    if (source === undefined) {
      const text = `${origin.ip} is no IP address`
      block(path, 'on-premises', 'out', {
        layer: 'subnet',
        code: 'UNKNOWN_RESOURCE',
        component: origin.gatewayId,
        text,
      })
      return undefined
    }
    const families = { four: typeof source === 'number', six: typeof source === 'bigint' }
    return {
      families,
      walk: (way, asked) => {
        const flow = { ...asked, source, replyPorts: replyPorts(asked.protocol), gateways: 0 }
        return comeFromOnPremises(way, model, flow, origin.gatewayId)
      },
    }
  }
  const from = place(path, model, origin)
  return (
    from && {
      from,
      families: { four: from.address !== undefined, six: from.address6 !== undefined },
      walk: (way, asked) => leave(way, model, from, asked),
    }
  )
}

/** The interface that the connection starts from. */
function place(
  path: Path,
  model: Model,
  origin: Extract<NetworkOrigin, { kind: 'interface' | 'subnet' }>,
): Interface | undefined {
  const unknown = (component: string, text: string, code = 'UNKNOWN_RESOURCE'): undefined => {
    block(path, 'interface', 'out', { layer: 'subnet', code, component, text })
  }
  if (origin.kind === 'interface') {
    const id = origin.networkInterfaceId
    const found = model.interface(id)
    if (!found) return unknown(id, `${id} is not a known interface in a known subnet`)
    if (model.endpointOf(id))
      unknown(id, `${id} belongs to an interface endpoint, which never opens connections`, 'VPCE_INTRA_VPC_TRAFFIC')
    pass(path, 'interface', id, 'out', `${addressText(found)} in ${found.subnet.id}`)
    return found
  }
  const subnet = model.subnet(origin.subnetId)
  if (!subnet) return unknown(origin.subnetId, `${origin.subnetId} is not a known subnet`)
  const address = parseIpv4(origin.ip ?? '') ?? model.freeAddress(subnet)
  const assigns = (subnet.document.AssignIpv6AddressOnCreation ?? false) || (subnet.document.Ipv6Native ?? false)
  const address6 = parseIpv6(origin.ip ?? '') ?? (assigns ? model.freeAddress6(subnet) : undefined)
  if (address === undefined && address6 === undefined)
    return unknown(subnet.id, `${subnet.id} has no free private address`, 'SP_NO_FREE_ADDRESS')
  // EC2 gives an interface the VPC's default group when none is named.
  const named = origin.securityGroupIds.length > 0
  const groups = named
    ? origin.securityGroupIds.flatMap((id) => model.group(id) ?? [])
    : model.documents.SecurityGroups.filter((group) => group.VpcId === subnet.vpc.id && group.GroupName === 'default')
  for (const id of origin.securityGroupIds) {
    const group = model.group(id)
    if (group?.VpcId === subnet.vpc.id) continue
    unknown(
      id,
      group
        ? `Security group ${id} and subnet ${subnet.id} belong to different networks.`
        : `The security group '${id}' does not exist`,
    )
  }
  const supposed = {
    id: `an interface in ${subnet.id}`,
    address,
    address6,
    publicAddress: parseIpv4(origin.publicIp ?? ''),
    subnet,
    groups,
    groupIds: new Set(groups.map((group) => group.GroupId ?? '')),
  }
  pass(path, 'interface', subnet.id, 'out', `an interface with ${addressText(supposed)}`)
  return supposed
}

function addressText({ address, address6 }: Pick<Interface, 'address' | 'address6'>): string {
  const four = address === undefined ? '' : formatIp(address)
  if (address6 === undefined) return four
  return four ? `${four}, ${formatIp(address6)}` : formatIp(address6)
}

/** An address in place of a name needs nobody to resolve it. */
function literal(name: string): Resolved | undefined {
  const address = parseIp(name)
  if (address === undefined) return undefined
  return { dns: { name, answers: [formatIp(address)], via: 'literal' }, addresses: [address] }
}

/** What a client outside of every VPC asks: public DNS. */
function resolveOutside(path: Path, model: Model, name: string): Resolved {
  return literal(name) ?? answered(path, name, 'public DNS', resolvePublic(model, name))
}

function resolveFor(path: Path, model: Model, from: Interface, name: string): Resolved {
  const given = literal(name)
  if (given) return given
  const { vpc, zone } = from.subnet
  const resolver = resolverOf(model, vpc)
  const via = resolverText(resolver)
  // inferred: a VPC's own DNS server knows public names only, unless it is told to forward to the Amazon resolver.
  const answer = resolver.kind === 'amazon' ? resolveInVpc(model, vpc, zone, name) : resolvePublic(model, name)
  const addresses = answer?.addresses ?? []
  const nobody: Resolved = { dns: { name, answers: [], via }, addresses, ...(answer && { answer }) }

  if (resolver.kind === 'amazon' && !vpc.dnsSupport) {
    const text = `enableDnsSupport of ${vpc.id} is off, so ${via} does not answer`
    block(
      path,
      'dns',
      'none',
      { layer: 'dns', code: 'SP_DNS_RESOLVER_DISABLED', component: vpc.id, text },
      { kind: 'dns-support', vpc },
    )
    path.outcome ??= 'noanswer'
    return nobody
  }
  if (resolver.kind === 'custom' && !reaches(path, model, from, resolver.address)) {
    const text = `${via} of ${vpc.id}'s DHCP options cannot be reached by udp 53`
    block(
      path,
      'dns',
      'none',
      { layer: 'dns', code: 'SP_DNS_SERVER_UNREACHABLE', component: vpc.id, text },
      { kind: 'resolver', vpc },
    )
    path.outcome ??= 'noanswer'
    return nobody
  }
  if (answer?.zoneMissing && answer.endpoint) {
    // inferred: NXDOMAIN; the page says "DNS failures" (SageMaker developer guide, "Connect to SageMaker within your VPC").
    const id = answer.endpoint.VpcEndpointId ?? ''
    const text = `${id} is not enabled in ${zone}, where the client is, so ${name} does not resolve there`
    const cause = { kind: 'zone', subnet: from.subnet, endpoint: answer.endpoint } as const
    block(path, 'dns', 'none', { layer: 'dns', code: 'VPCE_SERVICE_NOT_INSTALLED_IN_AZ', component: id, text }, cause)
    path.outcome ??= 'nxdomain'
    return nobody
  }
  return answered(path, name, via, answer)
}

const answerTexts = perObject(({ addresses }: Answer) => addresses.map(formatIp))

function answered(path: Path, name: string, via: string, answer: Answer | undefined): Resolved {
  if (answer && answer.addresses.length > 0) {
    const answers = answerTexts(answer)
    pass(path, 'dns', 'dns', 'none', `${name} is ${answers.join(', ')} (${answer.zone}), says ${via}`)
    return { dns: { name, answers, via, zone: answer.zone }, addresses: answer.addresses, answer }
  }
  const text = answer
    ? `${answer.zone} has no address for ${name}`
    : `${name} does not exist: no endpoint, interface or AWS service is called that (other names of the internet are not modelled)`
  block(path, 'dns', 'none', { layer: 'dns', code: 'SP_DNS_NXDOMAIN', component: 'dns', text })
  path.outcome ??= 'nxdomain'
  return { dns: { name, answers: [], via }, addresses: [] }
}

/** Whether a DNS server of one's own can be asked; what stands in the way goes into the path. */
function reaches(path: Path, model: Model, from: Interface, server: Ip): boolean {
  const question = newPath()
  leave(question, model, from, { destination: server, port: 53, protocol: UDP })
  path.findings.push(...question.findings)
  path.hops.push(...question.hops.filter((hop) => hop.disposition === 'blocked'))
  return question.findings.length === 0
}

/**
 * The classic: there is an endpoint for the service, but the name resolved to the public address because private DNS is
 * not in effect, and the public address cannot be reached. The name is then the first thing to mend.
 */
function nameUnusedEndpoint(path: Path, model: Model, from: Interface, asked: Question): void {
  const { service, destination } = asked
  if (!service?.serviceName || service.region !== model.region) return
  if (!path.findings.some(({ blocker }) => blocker.layer === 'route')) return
  const { vpc } = from.subnet
  const endpoint = model
    .endpointsOf(vpc.id)
    .find((one) => one.ServiceName === service.serviceName && one.VpcEndpointType === 'Interface' && isAvailable(one))
  if (!endpoint) return
  const id = endpoint.VpcEndpointId ?? ''
  const custom = resolverOf(model, vpc).kind === 'custom'
  const why = !hasPrivateDns(endpoint)
    ? `private DNS of ${id} is off`
    : custom
      ? `the DNS server of ${vpc.id}'s DHCP options does not know the private names of ${id}`
      : `enableDnsHostnames of ${vpc.id} is off, which private DNS of ${id} needs`
  path.findings.unshift({
    blocker: {
      layer: 'dns',
      code: 'SP_DNS_RESOLVED_PUBLIC_NO_PRIVATE_DNS',
      component: id,
      text: `${why}, so the name resolves to the public address ${formatIp(destination)}`,
    },
    cause: custom && hasPrivateDns(endpoint) ? { kind: 'resolver', vpc } : { kind: 'private-dns', vpc, endpoint },
  })
}

/** From a client on the internet. `source`: its address, where it has spelt one. */
function comeFromInternet(path: Path, model: Model, ip: string, source: Ip | undefined, asked: Question): Arrival {
  const { destination } = asked
  const range = privateRange(destination)
  if (range) {
    const text = `${formatIp(destination)} is a private address (${range}): nothing on the internet leads there`
    block(path, 'internet', 'out', { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component: 'internet', text })
    return { via: 'public', sourceIp: ip }
  }
  const replies = replyPorts(asked.protocol)
  arriveInPublic(path, model, { ...asked, source: source ?? 0, replyPorts: replies, gateways: 0 })
  return { via: model.publicInterfaceAt(destination) ? 'internet-gateway' : 'public', sourceIp: ip }
}

function finish(
  model: Model,
  path: Path,
  resolved: Resolved,
  arrival: Arrival | undefined,
  destination?: Ip,
): Investigation {
  const { hops, findings } = path
  const blocked = findings.length > 0 || !arrival
  const silent = findings.some(({ blocker }) => blocker.code !== 'SP_NO_LISTENER')
  // A refusal needs packets that arrive; a name that fails comes before any packet.
  const outcome = path.outcome === 'refused' && silent ? 'timeout' : (path.outcome ?? 'timeout')
  const known = resolved.dns.answers.length > 0 && destination !== undefined
  return {
    connection: {
      verdict: blocked ? outcome : 'allowed',
      dns: resolved.dns,
      ...(known && { address: formatIp(destination) }),
      hops,
      blockers: findings.map(({ blocker }) => blocker),
      ...(!blocked && { way: arrival }),
      context: blocked ? {} : contextOf(model, arrival),
    },
    findings,
  }
}
