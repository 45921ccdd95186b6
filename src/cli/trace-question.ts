import { isIP, isIPv4 } from 'node:net'
import type { NetworkDocuments, NetworkOrigin, Protocol } from '../network/types.ts'
import { UsageError } from './failure.ts'
import { cliName, NETWORK_LISTS } from './network-lists.ts'
import type { ListName } from './network-lists.ts'

/** From where to where, as `trace` and `graph path` are asked. */
export interface QuestionOptions {
  /** `subnet-…`, `eni-…`, `i-…`, `internet`, `internet:IP`, `vpn-…:IP` or `vgw-…:IP`. */
  from: string
  /** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a URL; the port defaults to the URL's scheme, else 443. */
  to: string
  /** For an interface that is only supposed, in a subnet; none means the VPC's default group. */
  securityGroups: readonly string[]
  protocol: Protocol
}

export interface Question {
  readonly origin: NetworkOrigin
  readonly host: string
  readonly port: number
  readonly protocol: Protocol
}

/** A client on the internet, where nothing depends on its address (TEST-NET-1, RFC 5737). */
const SOME_CLIENT = '192.0.2.1'

/**
 * Reads the question against the documents that are to answer it.
 * @throws {UsageError} for what cannot be read, what no document tells of, and a VPC of which a whole list is missing
 */
export function parseQuestion(options: QuestionOptions, documents: NetworkDocuments): Question {
  const origin = parseOrigin(options.from, options.securityGroups, documents)
  const target = parseTarget(options.to)
  if (!target) throw new UsageError(`--to ${options.to} is no HOST, HOST:PORT or URL (a port is 1 to 65535)`)
  demandVpc(origin, documents)
  return { origin, ...target, protocol: options.protocol }
}

function parseOrigin(from: string, securityGroupIds: readonly string[], documents: NetworkDocuments): NetworkOrigin {
  const colon = from.indexOf(':')
  const [place, ip] = colon < 0 ? [from] : [from.slice(0, colon), from.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')]
  if (ip !== undefined && isIP(ip) === 0) throw new UsageError(`--from ${from}: ${ip} is no IP address`)
  if (place === 'internet') return { kind: 'internet', ip: ip ?? SOME_CLIENT }
  if (/^(?:vpn|vgw)-/.test(place)) {
    if (ip === undefined) throw new UsageError(`--from ${place}: say which host behind it, as ${place}:IP`)
    known(documents, place.startsWith('vpn-') ? 'VpnConnections' : 'VpnGateways', place)
    return { kind: 'on-premises', gatewayId: place, ip }
  }
  if (ip === undefined && place.startsWith('eni-')) {
    known(documents, 'NetworkInterfaces', place)
    return { kind: 'interface', networkInterfaceId: place }
  }
  if (ip === undefined && place.startsWith('i-')) return ofInstance(place, documents)
  if (place.startsWith('subnet-')) {
    if (ip !== undefined && !isIPv4(ip)) throw new UsageError(`--from ${from}: ${ip} is no IPv4 address`)
    known(documents, 'Subnets', place)
    return { kind: 'subnet', subnetId: place, securityGroupIds, ...(ip !== undefined && { ip }) }
  }
  throw new UsageError(`--from ${from} is none of subnet-…[:IP], eni-…, i-…, internet[:IP], vpn-…:IP, vgw-…:IP`)
}

/** The primary interface of an instance. */
function ofInstance(id: string, documents: NetworkDocuments): NetworkOrigin {
  const own = documents.NetworkInterfaces.filter(({ Attachment }) => Attachment?.InstanceId === id)
  const primary = own.find(({ Attachment }) => Attachment?.DeviceIndex === 0) ?? own[0]
  if (primary?.NetworkInterfaceId === undefined)
    throw new UsageError(`no network interface is attached to ${id} (aws ec2 describe-network-interfaces)`)
  return { kind: 'interface', networkInterfaceId: primary.NetworkInterfaceId }
}

function known(documents: NetworkDocuments, list: ListName, id: string): void {
  const { id: member, operation } = NETWORK_LISTS.find((one) => one.list === list)!
  const all = documents[list] as readonly object[]
  if (all.some((document) => (document as Record<string, unknown>)[member] === id)) return
  throw new UsageError(`${id} is not among what ${cliName(operation)} told`)
}

/** Lists that every VPC has something in. */
const OF_EVERY_VPC: readonly ListName[] = ['Vpcs', 'RouteTables', 'NetworkAcls', 'SecurityGroups']

function demandVpc(origin: NetworkOrigin, documents: NetworkDocuments): void {
  const home =
    origin.kind === 'interface'
      ? documents.NetworkInterfaces.find(({ NetworkInterfaceId }) => NetworkInterfaceId === origin.networkInterfaceId)
      : origin.kind === 'subnet'
        ? documents.Subnets.find(({ SubnetId }) => SubnetId === origin.subnetId)
        : undefined
  if (home?.VpcId === undefined) return
  const missing = NETWORK_LISTS.filter(
    ({ list }) =>
      OF_EVERY_VPC.includes(list) &&
      !(documents[list] as readonly { VpcId?: string }[]).some(({ VpcId }) => VpcId === home.VpcId),
  )
  if (missing.length === 0) return
  const calls = missing.map(({ operation }) => cliName(operation)).join(', ')
  throw new UsageError(`nothing of ${home.VpcId} is in: ${calls}`)
}

export function parseTarget(to: string): { host: string; port: number } | undefined {
  const url = URL.canParse(to) && /^https?:\/\//.test(to) ? new URL(to) : undefined
  if (url) {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    return { host, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) }
  }
  if (isIP(to) === 6) return { host: to, port: 443 }
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(to)
  const host = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3] ?? 443)
  if (parts?.[1] !== undefined && isIP(parts[1]) !== 6) return undefined
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined
}
