import type { VpcEndpoint } from '@aws-sdk/client-ec2'
import { parseIp } from '../network/addresses.ts'
import { perObject } from '../network/memo.ts'
import { publicRanges, serviceAt } from '../network/services.ts'
import type { Service } from '../network/services.ts'
import type { Connection, Network, NetworkFix } from '../network/types.ts'
import type { Shape } from '../wire/shape.ts'
import { networkInterfaces, vpcEndpoints } from '../services/ec2/nouns.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Origin, Way } from './call.ts'
import { places, shortEndpointService } from './hosts.ts'

/** The call could not have arrived: the client sees silence, a reset or no name, as on AWS (facts: network.md "What the program observes"). */
export class Unreachable extends Error {
  readonly connection: Connection
  readonly fixes: NetworkFix[]
  /** Request id under which it is recorded. */
  requestId?: string

  constructor(connection: Connection, fixes: NetworkFix[] = []) {
    super(`${connection.verdict}: ${connection.blockers.map((b) => b.text).join('; ') || connection.dns.name}`)
    this.connection = connection
    this.fixes = fixes
  }
}

export interface Destination {
  service: string
  account: string
  region: string
  host?: string
}

/**
 * Stage 3: where on the network the call came from and by which way it came in.
 * Throws Unreachable when the network model says that it could not have arrived.
 */
export function locate(world: World, origin: Origin, to: Destination): Way {
  switch (origin.kind) {
    case 'internet':
      if (origin.dialled) answersPublicly(origin.dialled.address, to)
      return { via: 'public', hops: [], context: { 'aws:sourceip': origin.ip } }
    case 'service-network':
      // A service's own control plane: no address of the customer's network, hence no aws:SourceIp and no VPC keys.
      return { via: 'service-network', hops: [], context: {} }
    case 'endpoint-address':
      return byEndpointAddress(world, origin.vpcEndpointId, to)
    case 'interface':
      return byInterface(world, origin, to)
  }
}

/** Facts: design.md "Where calls come from": in the endpoint's VPC, place unknown, so no aws:VpcSourceIp. */
function byEndpointAddress(world: World, vpcEndpointId: string, to: Destination): Way {
  const owner = ownerOf(world, vpcEndpoints.kind, vpcEndpointId, to)
  const endpoint = world
    .network(owner, to.region)
    .documents.VpcEndpoints.find((one) => one.VpcEndpointId === vpcEndpointId)
  if (!endpoint || endpoint.State?.toLowerCase() !== 'available') throw new Unreachable(goneEndpoint(vpcEndpointId, to))
  // The front end of another service answers there, and knows no such operation.
  if (!leadsTo(endpoint, to)) throw servesOther(endpoint.ServiceName ?? '')
  return {
    via: 'interface-endpoint',
    vpcEndpointId,
    ...ifNot(to.account, owner),
    vpcId: endpoint.VpcId,
    hops: [`arrived at the address of ${vpcEndpointId} (${endpoint.ServiceName}); place in ${endpoint.VpcId} unknown`],
    context: { 'aws:sourcevpce': vpcEndpointId, ...(endpoint.VpcId ? { 'aws:sourcevpc': endpoint.VpcId } : {}) },
  }
}

function leadsTo(endpoint: Shape<VpcEndpoint>, to: Destination): boolean {
  const short = shortEndpointService(endpoint.ServiceName ?? '', to.region)
  return places[to.service]?.endpointServices.includes(short) ?? false
}

type InterfaceOrigin = Extract<Origin, { kind: 'interface' }>

/** A program asks for the same way again and again; it holds as long as the network does not change. */
const ways = perObject((_: Network) => new Map<string, Way>())
const WAYS_MAX = 4096

function byInterface(world: World, origin: InterfaceOrigin, to: Destination): Way {
  const { networkInterfaceId, account, region, dialled } = origin
  const host = dialled?.address ?? to.host ?? places[to.service]!.host(to.region)
  const port = dialled?.port ?? HTTPS
  const owner = account ?? ownerOf(world, networkInterfaces.kind, networkInterfaceId, to)
  const network = world.network(owner, region ?? to.region)
  const known = ways(network)
  // What was dialled is held against the service that stands there; a name that a caller within gives is not.
  const key = `${dialled ? 'dialled' : 'named'} ${networkInterfaceId} ${host} ${port} ${to.service} ${to.account} ${to.region}`
  const kept = known.get(key)
  if (kept) return kept
  const way = wayFrom(network, owner, { networkInterfaceId, host, port, dialled }, to)
  if (known.size >= WAYS_MAX) known.clear()
  known.set(key, way)
  return way
}

const HTTPS = 443

/** The way to the address that was dialled, where a socket tells, else to the service's own name. */
function wayFrom(
  network: Network,
  owner: string,
  { networkInterfaceId, host, port, dialled }: Pick<InterfaceOrigin, 'networkInterfaceId' | 'dialled'> & Host,
  to: Destination,
): Way {
  const from = { kind: 'interface', networkInterfaceId } as const
  const connection = network.connect(from, host, port)
  // The fixes are worked out now: a job's interface is gone by the time that someone asks.
  if (connection.verdict !== 'allowed' || !connection.way)
    throw new Unreachable(connection, network.fixes(from, host, port))
  const { via, vpcEndpointId, vpcId } = connection.way
  if (dialled) answersThere(network, dialled.address, vpcEndpointId, to)
  return {
    via: via === 'local' ? 'interface-endpoint' : via,
    ...(vpcEndpointId ? { vpcEndpointId, ...ifNot(to.account, owner) } : {}),
    ...(vpcId ? { vpcId } : {}),
    hops: connection.hops.map((hop) => `${hop.component}: ${hop.text}`),
    context: connection.context,
  }
}

interface Host {
  host: string
  port: number
}

/** Throws where the front end of another service stands at the address: it knows no such operation. */
function answersThere(network: Network, address: string, vpcEndpointId: string | undefined, to: Destination): void {
  const endpoint = network.documents.VpcEndpoints.find((one) => one.VpcEndpointId === vpcEndpointId)
  if (endpoint) {
    if (!leadsTo(endpoint, to)) throw servesOther(endpoint.ServiceName ?? endpoint.VpcEndpointId ?? '')
    return
  }
  answersPublicly(address, to)
}

function answersPublicly(address: string, to: Destination): void {
  const number = parseIp(address)
  const service = number === undefined ? undefined : serviceAt(number, to.region, publicRanges)
  if (!service || !servedBy(service, to)) throw servesOther(service?.hosts[0] ?? address)
}

/** Public host names: `-global` ones are further names of the same service; some services have no endpoints at all. */
function servedBy({ id, region, hosts }: Service, to: Destination): boolean {
  const place = places[to.service]
  if (!place) return false
  if (hosts.includes(place.host(region))) return place.global === true || region === to.region
  return place.endpointServices.includes(id.replace(/-global$/, '')) && (region === to.region || id.endsWith('-global'))
}

function servesOther(name: string): AwsError {
  return new AwsError('UnknownOperationException', `${name} does not serve this operation`, 400)
}

/**
 * Whose network it is: mostly the caller's own, but a program in one account's VPC may well call with another's
 * credentials (AWS IAM User Guide, aws:VpceAccount). An id that nobody has is looked for in the caller's own.
 */
function ownerOf({ store }: World, kind: string, id: string, { account, region }: Destination): string {
  if (store.row(kind, `${account}/${region}/${id}`)) return account
  const suffix = `/${region}/${id}`
  return (
    store
      .list(kind)
      .find(({ key }) => key.endsWith(suffix))
      ?.key.slice(0, -suffix.length) ?? account
  )
}

function ifNot(account: string, vpcEndpointAccount: string): Pick<Way, 'vpcEndpointAccount'> {
  return vpcEndpointAccount === account ? {} : { vpcEndpointAccount }
}

function goneEndpoint(vpcEndpointId: string, to: Destination): Connection {
  return {
    verdict: 'refused',
    dns: { name: vpcEndpointId, answers: [], via: 'loopback address' },
    hops: [],
    blockers: [
      {
        layer: 'route',
        code: 'BAD_STATE',
        component: vpcEndpointId,
        text: `no available VPC endpoint ${vpcEndpointId} in ${to.region}`,
      },
    ],
    context: {},
  }
}
