/** Names as steps of a path: who is asked, what it answers, and what people look for when the answer is of no use. */
import type { Connection } from './types.ts'
import { formatIp, parseIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { hasPrivateDns, isAvailable, resolveInVpc, resolvePublic, resolverOf, resolverText } from './dns.ts'
import type { Answer } from './dns.ts'
import { perObject } from './memo.ts'
import type { Interface, Model } from './model.ts'
import { block, newPath, pass } from './path.ts'
import type { Path } from './path.ts'
import { UDP } from './protocol.ts'
import { leave } from './walk.ts'
import type { Question } from './walk.ts'

/** A name as resolved for one origin. `addresses` is what the walk goes on with, even where the client got nothing. */
export interface Resolved {
  readonly dns: Connection['dns']
  readonly addresses: readonly Ip[]
  readonly answer?: Answer
}

/** An address in place of a name needs nobody to resolve it. */
function literal(name: string): Resolved | undefined {
  const address = parseIp(name)
  if (address === undefined) return undefined
  return { dns: { name, answers: [formatIp(address)], via: 'literal' }, addresses: [address] }
}

/** What a client outside of every VPC asks: public DNS. */
export function resolveOutside(path: Path, model: Model, name: string): Resolved {
  return literal(name) ?? answered(path, name, 'public DNS', resolvePublic(model, name))
}

/** What an interface's DNS server answers to it. */
export function resolveFor(path: Path, model: Model, from: Interface, name: string): Resolved {
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
  const listed = answer ? undefined : onTheInternet(model, name)
  if (listed?.length === 0) {
    const text = `${name} does not exist here: no entry of this server's egress list (--egress-allow) leads to such a name`
    block(path, 'dns', 'none', { layer: 'dns', code: 'SP_EGRESS_NOT_ALLOWED', component: 'dns', text })
    path.outcome ??= 'nxdomain'
    return nobody
  }
  return answered(path, name, via, listed ? { addresses: listed, zone: 'the internet' } : answer)
}

const AWS_NAME = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|aws|internal)$/

/** What a name of the internet leads to by a server's egress list; empty: the list has no such name. Undefined: not asked. */
function onTheInternet({ internet }: Model, name: string): readonly Ip[] | undefined {
  if (!internet || AWS_NAME.test(name)) return undefined
  return (internet.names[name] ?? []).flatMap((address) => parseIp(address) ?? [])
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
export function nameUnusedEndpoint(path: Path, model: Model, from: Interface, asked: Question): void {
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
