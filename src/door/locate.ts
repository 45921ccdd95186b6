import type { VpcEndpoint } from '@aws-sdk/client-ec2'
import type { Connection, NetworkFix } from '../network/types.ts'
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
      return { via: 'public', hops: [], context: { 'aws:sourceip': origin.ip } }
    case 'service-network':
      // A service's own control plane: no address of the customer's network, hence no aws:SourceIp and no VPC keys.
      return { via: 'service-network', hops: [], context: {} }
    case 'endpoint-address':
      return byEndpointAddress(world, origin.vpcEndpointId, to)
    case 'interface':
      return byInterface(world, origin.networkInterfaceId, to)
  }
}

/** Facts: design.md "Where calls come from": in the endpoint's VPC, place unknown, so no aws:VpcSourceIp. */
function byEndpointAddress(world: World, vpcEndpointId: string, to: Destination): Way {
  const owner = ownerOf(world, vpcEndpoints.kind, vpcEndpointId, to)
  const endpoint = world
    .network(owner, to.region)
    .documents.VpcEndpoints.find((one) => one.VpcEndpointId === vpcEndpointId)
  if (!endpoint || endpoint.State?.toLowerCase() !== 'available') throw new Unreachable(goneEndpoint(vpcEndpointId, to))
  if (!leadsTo(endpoint, to)) {
    // The front end of another service answers there, and knows no such operation.
    throw new AwsError('UnknownOperationException', `${endpoint.ServiceName} does not serve this operation`, 400)
  }
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

function byInterface(world: World, networkInterfaceId: string, to: Destination): Way {
  const host = to.host ?? places[to.service]!.host(to.region)
  const owner = ownerOf(world, networkInterfaces.kind, networkInterfaceId, to)
  const network = world.network(owner, to.region)
  const from = { kind: 'interface', networkInterfaceId } as const
  const connection = network.connect(from, host, 443)
  // The fixes are worked out now: a job's interface is gone by the time that someone asks.
  if (connection.verdict !== 'allowed' || !connection.way)
    throw new Unreachable(connection, network.fixes(from, host, 443))
  const { via, vpcEndpointId, vpcId } = connection.way
  return {
    via: via === 'local' ? 'interface-endpoint' : via,
    ...(vpcEndpointId ? { vpcEndpointId, ...ifNot(to.account, owner) } : {}),
    ...(vpcId ? { vpcId } : {}),
    hops: connection.hops.map((hop) => `${hop.component}: ${hop.text}`),
    context: connection.context,
  }
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
