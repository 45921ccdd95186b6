import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Origin } from '../door/call.ts'
import { listen } from '../door/listen.ts'
import type { View } from '../fabric/bundles.ts'
import { fabricOf } from '../fabric/fabric.ts'
import type { InterfacePlace } from '../fabric/fabric.ts'
import { authorityOf, trustFolder } from '../fabric/parts.ts'
import { LOWER_FIDELITY } from '../fabric/lower-fidelity.ts'
import { openProxy, proxyEnvironment } from '../fabric/proxy.ts'
import { FabricError } from '../fabric/router.ts'
import { joinServiceNetwork, platformAddress } from '../fabric/service-network.ts'
import { OWN_PATH, trustFile } from '../fabric/trust.ts'
import { offerContainerCredentials } from '../metadata/container-credentials.ts'
import type { Mount, RunSpec, Runner } from '../runners/runner.ts'
import type { World } from '../world.ts'
import type { Acting } from './acting.ts'
import { hostName } from './container.ts'
import { openCredentialsEndpoint } from './credentials-endpoint.ts'
import { JobFailure, reasons } from './failure.ts'

/** What a container's network asks of the way in which it is run. */
export type HostNetwork = Required<Pick<RunSpec, 'network' | 'mounts' | 'env'>> & Pick<RunSpec, 'enter'>

/** Where the containers of a job run, host by host. */
export interface JobNetwork {
  /** `view`: what the program sees of this machine's files, in which it is to trust our authority. */
  host(index: number, view: View): Promise<HostNetwork>
  /** Why it is less than AWS's: said in the job's record. */
  notice?: string
  close(): Promise<void>
}

export interface NetworkWish {
  account: string
  region: string
  roleArn: string
  isolated: boolean
  /** How many hosts. */
  count: number
  /** With a VpcConfig: one for each host. */
  interfaces: readonly string[]
  /** Folder of the job, for files of ours. */
  folder: string
}

/**
 * The network of a job's containers ("Give SageMaker Training Jobs Access to Resources in Your Amazon VPC", "Run Training
 * and Inference Containers in Internet-Free Mode"): at the job's interfaces in the VPC, else in SageMaker's own network;
 * isolated ones reach each other and nothing else. Where there can be no fabric, the machine's own, unless that is forbidden.
 */
export async function openJobNetwork(
  world: World,
  runner: Runner,
  acting: Acting,
  wish: NetworkWish,
): Promise<JobNetwork> {
  if (wish.isolated && wish.count === 1) return aloneNetwork(wish)
  if (world.config.fabric === 'proxy') return proxyNetwork(world, runner, acting, wish)
  const lacking = await whyNoFabric(world, runner)
  if (lacking === undefined) return fabricNetwork(world, acting, wish)
  if (world.config.fabric === 'required') throw new JobFailure(reasons.noFabric(lacking))
  if (wish.count > 1)
    throw new JobFailure(reasons.noFabric(`Several instances need a network of their own. ${lacking}`))
  return machineNetwork(world, acting, wish, lacking)
}

async function whyNoFabric(world: World, runner: Runner): Promise<string | undefined> {
  if (world.config.fabric === 'off') return 'The server was started with --fabric off.'
  const { tool } = await runner.isolation()
  if (tool === 'none') return 'A place in a network needs a sandbox, and none works here.'
  try {
    await fabricOf(world).ready()
    return undefined
  } catch (error) {
    if (error instanceof FabricError) return error.message
    throw error
  }
}

/**
 * The network of a container where the server was told that a proxy will do: what asks it is placed at the job's interface, or
 * in SageMaker's own network, and goes by its rules.
 */
async function proxyNetwork(
  world: World,
  runner: Runner,
  acting: Acting,
  { account, region, count, interfaces: [networkInterfaceId], roleArn, folder }: NetworkWish,
): Promise<JobNetwork> {
  if (count > 1)
    throw new JobFailure(reasons.noFabric('Several instances need a network of their own, which no proxy is.'))
  const service = networkInterfaceId === undefined ? joinServiceNetwork(world, region, 'platform', 1) : undefined
  const place: InterfacePlace = service?.places[0] ?? { account, region, networkInterfaceId: networkInterfaceId! }
  const proxy = await openProxy(world, place)
  const credentials = await openCredentialsEndpoint(acting, roleArn)
  const { tool } = await runner.isolation()
  const names = existsSync('/etc/hosts') ? [namesFile(folder, readFileSync('/etc/hosts', 'utf8'))] : []
  return {
    async host(_index, view) {
      const bundle = trustFile(authorityOf(world), trustFolder(world), view)
      const mounts = tool === 'none' ? [] : [...names, { from: bundle, to: OWN_PATH }]
      const env = proxyEnvironment(proxy.url, tool === 'none' ? bundle : OWN_PATH)
      return { network: 'host', mounts, env: { ...env, ...credentials.env } }
    },
    notice: LOWER_FIDELITY,
    async close() {
      credentials.close()
      await proxy.close()
      service?.leave()
    },
  }
}

/** A loopback interface that leads nowhere. */
function aloneNetwork({ folder }: NetworkWish): JobNetwork {
  const mounts = [namesFile(folder, '127.0.0.1\tlocalhost\n::1\tlocalhost\n')]
  return { host: async () => ({ network: 'none', mounts, env: {} }), close: async () => {} }
}

/** An /etc/hosts in which the container finds itself. */
function namesFile(folder: string, others: string): Mount {
  const from = join(folder, 'hosts')
  writeFileSync(from, `${others}127.0.0.1\t${hostName(0)}\n`, { mode: 0o644 })
  return { from, to: '/etc/hosts' }
}

/** How long a VPC's router waits for the next job. */
const LINGER_MS = 30_000

async function fabricNetwork(world: World, acting: Acting, wish: NetworkWish): Promise<JobNetwork> {
  const fabric = fabricOf(world)
  const { account, region, isolated, count, interfaces, roleArn } = wish
  const inVpc = interfaces.length > 0 && !isolated
  const service = inVpc ? undefined : joinServiceNetwork(world, region, isolated ? 'peers' : 'platform', count)
  const places: readonly InterfacePlace[] =
    service?.places ??
    interfaces.map((networkInterfaceId) => ({ account, region, networkInterfaceId, lingerMs: LINGER_MS }))
  const addresses = service?.addresses ?? interfaces.map((id) => addressOf(world, account, region, id))
  const peers = addresses.map((address, index) => `${address}\t${hostName(index)}\n`).join('')

  const session = () => acting.session()
  const offers = isolated ? [] : places.map((place) => offerContainerCredentials(world, place, { roleArn, session }))
  const joining = await Promise.allSettled(places.map((place) => fabric.join(place)))
  const joined = joining.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const close = async () => {
    for (const offer of offers) offer.withdraw()
    await Promise.all(joined.map((one) => one.detach()))
    // A place that could not be taken away is nobody else's.
    service?.leave()
  }
  const failed = joining.find((one) => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  return {
    async host(index, view) {
      const { enter, files } = joined[index]!
      const { mounts, env } = await files({ view, peers })
      const uri = offers[index]?.relativeUri
      if (uri !== undefined) env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] = uri
      return { network: 'host', enter, mounts, env }
    },
    close,
  }
}

function addressOf(world: World, account: string, region: string, id: string): string {
  const { NetworkInterfaces } = world.network(account, region).documents
  return NetworkInterfaces.find((one) => one.NetworkInterfaceId === id)?.PrivateIpAddress ?? ''
}

/**
 * What a container reaches where there is no fabric: AWS through a listener of its own, whose socket tells the door that a
 * call comes from the job's network place, and the role's credentials. Other traffic is the machine's.
 */
async function machineNetwork(
  world: World,
  acting: Acting,
  { interfaces: [networkInterfaceId], roleArn, folder }: NetworkWish,
  lacking: string,
): Promise<JobNetwork> {
  const origin: Origin =
    networkInterfaceId === undefined
      ? { kind: 'internet', ip: platformAddress }
      : { kind: 'interface', networkInterfaceId }
  const server = await listen(world, { host: '127.0.0.1', port: 0 }, origin)
  const credentials = await openCredentialsEndpoint(acting, roleArn)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const mounts = existsSync('/etc/hosts') ? [namesFile(folder, readFileSync('/etc/hosts', 'utf8'))] : []
  return {
    host: async () => ({ network: 'host', mounts, env: { ...credentials.env, AWS_ENDPOINT_URL: url } }),
    notice: `Calls to AWS are placed in the network, other traffic is this machine's. ${lacking}`,
    async close() {
      credentials.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
