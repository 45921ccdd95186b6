/**
 * Where would this end up? The way of one connection, in the order in which AWS decides it: name, source's groups,
 * route, source subnet's ACL, what the route leads to, destination's ACL and groups, listener, the way back, and at last
 * what the other side gets to know about the source.
 */
import type { Connection, NetworkOrigin } from './types.ts'
import { contains, formatIpv4, isIpv6, parseIpv4 } from './addresses.ts'
import type { Ipv4 } from './addresses.ts'
import {
  hasPrivateDns,
  isAvailable,
  LINK_LOCAL_RESOLVER,
  resolveInVpc,
  resolvePublic,
  resolverOf,
  resolverText,
} from './dns.ts'
import type { Answer } from './dns.ts'
import { passAcl, passGroups } from './filters.ts'
import { arriveInPublic, leaveByInternetGateway } from './internet-gateway.ts'
import { privateRange } from './addresses.ts'
import { isNatGateway } from './model.ts'
import type { Interface, Model } from './model.ts'
import { leaveByNatGateway } from './nat-gateway.ts'
import { LINUX_EPHEMERAL } from './network-acl.ts'
import { block, newPath, pass } from './path.ts'
import type { Arrival, Finding, Flow, Path } from './path.ts'
import { TCP, UDP } from './protocol.ts'
import { losers, lookup, routeText } from './route-table.ts'
import { enterGatewayEndpoint, enterInterfaceEndpoint } from './vpc-endpoint.ts'

export interface Investigation {
  readonly connection: Connection
  /** The connection's blockers with what a fix needs to know of each. */
  readonly findings: readonly Finding[]
}

/** A name as resolved for one origin. `addresses` is what the walk goes on with, even where the client got nothing. */
interface Resolved {
  readonly dns: Connection['dns']
  readonly addresses: readonly Ipv4[]
  readonly answer?: Answer
}

export function investigate(model: Model, origin: NetworkOrigin, host: string, port: number): Investigation {
  const path = newPath()
  const name = host.toLowerCase().replace(/\.$/, '')
  if (origin.kind === 'internet') return fromInternet(path, model, origin.ip, name, port)

  const from = place(path, model, origin)
  if (!from) return finish(path, { dns: { name, answers: [], via: 'nobody' }, addresses: [] }, undefined)
  const resolved = resolveFor(path, model, from, name)
  const destination = resolved.addresses[0]
  if (destination === undefined) return finish(path, resolved, undefined)
  const service = resolved.answer?.service
  const flow: Flow = { from, destination, port, protocol: TCP, ...(service && { service }) }
  const arrival = walk(path, model, flow)
  nameUnusedEndpoint(path, model, flow)
  return finish(path, resolved, arrival)
}

/** The interface that the connection starts from. */
function place(path: Path, model: Model, origin: Exclude<NetworkOrigin, { kind: 'internet' }>): Interface | undefined {
  const unknown = (component: string, text: string, code = 'UNKNOWN_RESOURCE'): undefined => {
    block(path, 'interface', 'out', { layer: 'subnet', code, component, text })
  }
  if (origin.kind === 'interface') {
    const id = origin.networkInterfaceId
    const found = model.interface(id)
    if (!found) return unknown(id, `${id} is not a known interface in a known subnet`)
    if (model.endpointOf(id))
      unknown(id, `${id} belongs to an interface endpoint, which never opens connections`, 'VPCE_INTRA_VPC_TRAFFIC')
    pass(path, 'interface', id, 'out', `${formatIpv4(found.address)} in ${found.subnet.id}`)
    return found
  }
  if (origin.kind === 'on-premises')
    return unknown(origin.gatewayId, 'connections from on premises are not built yet', 'CANNOT_ROUTE')
  const subnet = model.subnet(origin.subnetId)
  if (!subnet) return unknown(origin.subnetId, `${origin.subnetId} is not a known subnet`)
  const address = parseIpv4(origin.ip ?? '') ?? model.freeAddress(subnet)
  if (address === undefined) return unknown(subnet.id, `${subnet.id} has no free private address`, 'SP_NO_FREE_ADDRESS')
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
  pass(path, 'interface', subnet.id, 'out', `an interface with ${formatIpv4(address)}`)
  return {
    id: `an interface in ${subnet.id}`,
    address,
    publicAddress: parseIpv4(origin.publicIp ?? ''),
    subnet,
    groups,
    groupIds: new Set(groups.map((group) => group.GroupId ?? '')),
  }
}

/** An address in place of a name needs nobody to resolve it. */
function literal(path: Path, name: string): Resolved | undefined {
  const address = parseIpv4(name)
  if (address !== undefined) return { dns: { name, answers: [name], via: 'literal' }, addresses: [address] }
  if (!isIpv6(name)) return undefined
  const text = `${name} is an IPv6 address; IPv6 is not built yet`
  block(path, 'route-table', 'out', { layer: 'route', code: 'SP_IPV6_NOT_BUILT', component: name, text })
  return { dns: { name, answers: [name], via: 'literal' }, addresses: [] }
}

function resolveFor(path: Path, model: Model, from: Interface, name: string): Resolved {
  const given = literal(path, name)
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

function answered(path: Path, name: string, via: string, answer: Answer | undefined): Resolved {
  if (answer && answer.addresses.length > 0) {
    const answers = answer.addresses.map(formatIpv4)
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
function reaches(path: Path, model: Model, from: Interface, server: Ipv4): boolean {
  const question = newPath()
  walk(question, model, { from, destination: server, port: 53, protocol: UDP })
  path.findings.push(...question.findings)
  path.hops.push(...question.hops.filter((hop) => hop.disposition === 'blocked'))
  return question.findings.length === 0
}

/** Addresses that the hypervisor itself serves: neither groups, ACLs nor routes apply (VPC user guide). */
const LINK_LOCAL: ReadonlyMap<Ipv4, { name: string; port: number }> = new Map([
  [parseIpv4('169.254.169.254')!, { name: 'instance metadata', port: 80 }],
  [parseIpv4('169.254.170.2')!, { name: 'container credentials', port: 80 }],
  [LINK_LOCAL_RESOLVER, { name: 'Amazon resolver', port: 53 }],
])

/** Packets from an interface to an address, there and back. */
function walk(path: Path, model: Model, flow: Flow): Arrival | undefined {
  const { from, destination, port, protocol } = flow
  const { subnet } = from
  const local = LINK_LOCAL.get(destination)
  if (local?.port === port) {
    pass(path, 'service', local.name, 'in', 'a link-local address: no rule, route or ACL applies')
    return { via: 'local', sourceIp: formatIpv4(from.address) }
  }

  const route = lookup(subnet.routes, destination)
  const isLocal = route?.target.kind === 'local'
  const to = isLocal ? model.interfaceAt(subnet.vpc.id, destination) : undefined
  passGroups(path, model, from, 'egress', flow, destination, to)

  const table = subnet.routes.id
  const cause = { kind: 'route', from, destination, port, ...(flow.service && { service: flow.service }) } as const
  if (!route) {
    const text = `${table} of ${subnet.id} has no route to ${formatIpv4(destination)}`
    block(
      path,
      'route-table',
      'out',
      { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component: table, text },
      cause,
    )
  } else {
    // A way through an endpoint that lost to a more specific route is what people look for in vain.
    const beaten = losers(subnet.routes, destination, route).find((loser) => loser.prefixListId !== undefined)
    const text = routeText(route) + (beaten ? `, which beats ${routeText(beaten)}` : '')
    if (route.blackhole) {
      block(
        path,
        'route-table',
        'out',
        { layer: 'route', code: 'BAD_STATE_ROUTE', component: table, text: `${text} drops everything` },
        cause,
      )
    } else if (route.target.kind === 'unbuilt') {
      const why = `${text}: routes to ${route.target.id} are not built yet`
      block(path, 'route-table', 'out', { layer: 'route', code: 'CANNOT_ROUTE', component: table, text: why }, cause)
    } else {
      pass(path, 'route-table', table, 'out', text)
    }
  }

  const crossesEdge = !(isLocal && subnet.cidr && contains(subnet.cidr, destination))
  if (crossesEdge) passAcl(path, subnet, 'egress', protocol, destination, { from: port, to: port })

  let arrival: Arrival | undefined
  if (route && !route.blackhole) {
    switch (route.target.kind) {
      case 'local':
        arrival = arriveLocally(path, model, flow, to, crossesEdge)
        break
      case 'vpc-endpoint':
        arrival = enterGatewayEndpoint(path, model, flow, route.target.id, from.address)
        break
      case 'nat-gateway':
        arrival = leaveByNatGateway(path, model, flow, route.target.id, cause)
        break
      case 'internet-gateway':
        arrival = leaveByInternetGateway(path, model, flow, route.target.id, cause)
        break
      case 'unbuilt':
        break
    }
  }

  if (crossesEdge) passAcl(path, subnet, 'ingress', protocol, destination, LINUX_EPHEMERAL, true)
  return arrival
}

/** At an interface of the same VPC. */
function arriveLocally(
  path: Path,
  model: Model,
  flow: Flow,
  to: Interface | undefined,
  crossesEdge: boolean,
): Arrival | undefined {
  const { from, destination, port, protocol } = flow
  if (!to) {
    const text = `no network interface of ${from.subnet.vpc.id} has the address ${formatIpv4(destination)}`
    block(path, 'interface', 'in', {
      layer: 'subnet',
      code: 'UNKNOWN_DESTINATION',
      component: from.subnet.vpc.id,
      text,
    })
    return undefined
  }
  if (crossesEdge) passAcl(path, to.subnet, 'ingress', protocol, from.address, { from: port, to: port })
  if (isNatGateway(to)) {
    const text = `${to.id} belongs to a NAT gateway, which is no destination`
    block(path, 'interface', 'in', { layer: 'route', code: 'NO_POSSIBLE_DESTINATION', component: to.id, text })
    return undefined
  }
  passGroups(path, model, to, 'ingress', flow, from.address, from)
  pass(path, 'interface', to.id, 'in', `${formatIpv4(destination)} in ${to.subnet.id}`)
  const endpoint = model.endpointOf(to.id)
  const arrival: Arrival = endpoint
    ? enterInterfaceEndpoint(path, model, flow, endpoint)
    : { via: 'local', sourceIp: formatIpv4(from.address) }
  if (crossesEdge) passAcl(path, to.subnet, 'egress', protocol, from.address, LINUX_EPHEMERAL, true)
  return arrival
}

/**
 * The classic: there is an endpoint for the service, but the name resolved to the public address because private DNS is
 * not in effect, and the public address cannot be reached. The name is then the first thing to mend.
 */
function nameUnusedEndpoint(path: Path, model: Model, flow: Flow): void {
  const { service, from } = flow
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
      text: `${why}, so the name resolves to the public address ${formatIpv4(flow.destination)}`,
    },
    cause: custom && hasPrivateDns(endpoint) ? { kind: 'resolver', vpc } : { kind: 'private-dns', vpc, endpoint },
  })
}

function fromInternet(path: Path, model: Model, ip: string, name: string, port: number): Investigation {
  pass(path, 'internet', 'internet', 'out', ip)
  const resolved = literal(path, name) ?? answered(path, name, 'public DNS', resolvePublic(model, name))
  const destination = resolved.addresses[0]
  if (destination === undefined) return finish(path, resolved, undefined)
  const range = privateRange(destination)
  if (range) {
    const text = `${formatIpv4(destination)} is a private address (${range}): nothing on the internet leads there`
    block(path, 'internet', 'out', { layer: 'route', code: 'NO_ROUTE_TO_DESTINATION', component: 'internet', text })
    return finish(path, resolved, undefined)
  }
  const owner = model.publicInterfaceAt(destination)
  arriveInPublic(path, model, parseIpv4(ip), destination, port, resolved.answer?.service)
  return finish(path, resolved, { via: owner ? 'internet-gateway' : 'public', sourceIp: ip })
}

/** Request context by path: an endpoint tells VPC, endpoint and private address, everything else the source address. */
function contextOf(arrival: Arrival): Record<string, string> {
  if (arrival.via === 'local') return {}
  if (arrival.vpcEndpointId === undefined) return { 'aws:sourceip': arrival.sourceIp }
  return {
    'aws:sourcevpc': arrival.vpcId ?? '',
    'aws:sourcevpce': arrival.vpcEndpointId,
    'aws:vpcsourceip': arrival.sourceIp,
  }
}

function finish(path: Path, resolved: Resolved, arrival: Arrival | undefined): Investigation {
  const { hops, findings } = path
  const blocked = findings.length > 0 || !arrival
  const silent = findings.some(({ blocker }) => blocker.code !== 'SP_NO_LISTENER')
  // A refusal needs packets that arrive; a name that fails comes before any packet.
  const outcome = path.outcome === 'refused' && silent ? 'timeout' : (path.outcome ?? 'timeout')
  const address = resolved.dns.answers[0]
  return {
    connection: {
      verdict: blocked ? outcome : 'allowed',
      dns: resolved.dns,
      ...(address !== undefined && { address }),
      hops,
      blockers: findings.map(({ blocker }) => blocker),
      ...(!blocked && { way: arrival }),
      context: blocked ? {} : contextOf(arrival),
    },
    findings,
  }
}
