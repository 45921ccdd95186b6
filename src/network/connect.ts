/**
 * Where would this end up? The way of one connection, in the order in which AWS decides it: name, source's groups,
 * route, source subnet's ACL, what the route leads to, destination's ACL and groups, listener, the way back, and at last
 * what the other side gets to know about the source.
 */
import type { Connection, NetworkOrigin, Protocol } from './types.ts'
import { formatIp } from './addresses.ts'
import type { Ip } from './addresses.ts'
import { contextOf } from './context.ts'
import type { Model } from './model.ts'
import { sourceOf } from './origin.ts'
import type { Families } from './origin.ts'
import { newPath } from './path.ts'
import type { Arrival, Finding, Flow, Path } from './path.ts'
import { ECHO, ECHO6, ICMP, ICMPV6, TCP, UDP } from './protocol.ts'
import { nameUnusedEndpoint, resolveFor, resolveOutside } from './resolve.ts'
import type { Resolved } from './resolve.ts'
import type { Question } from './walk.ts'

export interface Investigation {
  readonly connection: Connection
  /** The connection's blockers with what a fix needs to know of each. */
  readonly findings: readonly Finding[]
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
