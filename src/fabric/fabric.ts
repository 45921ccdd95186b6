/**
 * VPCs made real on Linux: a program in a network namespace of its own meets the VPC's routes, groups and ACLs in the
 * kernel, its DNS, its endpoints and AWS's public addresses, and nothing else (docs: decisions, "The fabric").
 */
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mount } from '../runners/runner.ts'
import { reapRuns } from '../runners/records.ts'
import { ec2Epoch } from '../services/ec2/documents.ts'
import type { World } from '../world.ts'
import type { View } from './bundles.ts'
import { guestFiles } from './guest-files.ts'
import { authorityOf, openParts, trustFolder } from './parts.ts'
import { routerOfHost } from './premises.ts'
import { probeFabric } from './probe.ts'
import type { Mode } from './probe.ts'
import { FabricError } from './router.ts'
import { parseEgress } from './egress-list.ts'
import { openInternet } from './internet.ts'
import { lookUpInternet } from './internet-view.ts'
import type { HostOnInternet } from './internet-view.ts'
import { machinesNetwork } from './outside.ts'
import type { Outside } from './outside.ts'
import { openVpc } from './vpc.ts'
import type { OpenInternet, OwnNetwork, VpcFabric, VpcPlace } from './vpc.ts'

export interface InterfacePlace {
  account: string
  region: string
  /** Or a host on premises: `vpn-…:192.168.1.7`, `vgw-…:192.168.1.7`. */
  networkInterfaceId: string
  /** Where the interface is, if in no account's own network. */
  own?: OwnNetwork
  /** Its router is kept for so long after its last interface, so that the next one need not wait for another. */
  lingerMs?: number
}

/** A network interface whose namespace stands. */
export interface Attachment extends Joined {
  /** What a program has to see instead of the machine's own: names, trusted certificates, no sockets. */
  mounts: Mount[]
  env: Record<string, string>
}

export interface Joined {
  /** The command that enters it, for RunSpec.enter. */
  enter: string[]
  /** Process id of what keeps the namespace; it ends with the server. */
  keeper: number
  /** Takes the namespace away again, and the VPC's router with its last interface. */
  detach(): Promise<void>
}

export interface Fabric {
  /** Rejects with FabricError where no VPC can be made real. */
  ready(): Promise<Mode>
  /** Makes the namespace of an interface that exists. Rejects with FabricError, which says what to do, where that cannot be. */
  attach(place: InterfacePlace): Promise<Attachment>
  /** The same without files; `files` makes them, once it is known what the program sees. */
  join(place: InterfacePlace): Promise<Joined & { files: FilesOf }>
  /** What of the real internet a program that dials this would meet, routes and rules aside. */
  lookUp(at: { account: string; region: string }, host: string, port: number): Promise<HostOnInternet>
  close(): Promise<void>
}

/** What a program sees of the machine; absent: what this process does. More lines of /etc/hosts. */
export interface GuestFiles {
  view?: View
  peers?: string
}

/** Makes them. */
type FilesOf = (how: GuestFiles) => Promise<Pick<Attachment, 'mounts' | 'env'>>

/** A VPC that stands, and for how many. */
interface Used {
  vpc: Promise<VpcFabric>
  users: number
  lingering?: NodeJS.Timeout
}

/** How often it is looked whether EC2's documents moved; a number is compared, nothing is read. */
const WATCH_MS = 5

const fabrics = new WeakMap<World, Fabric>()

/**
 * The server's fabric; nothing is made until a program needs it. From the first time on: `outside`, what the real internet is
 * to it, and `natIdleSeconds`, for tests that cannot wait for 350 seconds.
 */
export function fabricOf(world: World, outside?: Outside, natIdleSeconds?: number): Fabric {
  const kept = fabrics.get(world) ?? openFabric(world, outside, natIdleSeconds)
  fabrics.set(world, kept)
  return kept
}

const folderOf = (world: World) => join(world.config.dataDir, 'fabric')
const recordsOf = (world: World) => join(folderOf(world), 'routers')

/** Ends what a server that crashed has left: routers of this folder, by process and start time. To be called at start. */
export function reapRouters(world: World): number {
  const { killed } = reapRuns(recordsOf(world))
  rmSync(join(folderOf(world), 'files'), { recursive: true, force: true })
  return killed
}

/** What of the internet the server was told to open; undefined: nothing. */
function internetOf({ config: { egressAllow = [] }, log }: World, outside?: Outside): OpenInternet | undefined {
  if (egressAllow.length === 0) return undefined
  const [entries, network] = [egressAllow.map(parseEgress), outside ?? machinesNetwork()]
  return (place) => openInternet(entries, network, log, place)
}

function openFabric(world: World, outside?: Outside, natIdleSeconds?: number): Fabric {
  const internet = internetOf(world, outside)
  const vpcs = new Map<string, Used>()
  let watch: NodeJS.Timeout | undefined
  let epoch = -1
  let joins = 0

  const look = () => {
    const now = ec2Epoch(world.store)
    if (now === epoch) return
    epoch = now
    for (const { vpc } of vpcs.values())
      vpc
        .then((one) => one.refresh())
        .catch((error: unknown) => world.log.error({ err: error }, 'a VPC is closed: its rules cannot be enforced'))
  }

  async function use(
    place: VpcPlace,
    { own, lingerMs = 0 }: Pick<InterfacePlace, 'own' | 'lingerMs'>,
  ): Promise<{ vpc: VpcFabric; release: () => Promise<void> }> {
    const key = `${place.account}/${place.region}/${place.vpcId}`
    const entry: Used = vpcs.get(key) ?? { vpc: up(place, own), users: 0 }
    vpcs.set(key, entry)
    clearTimeout(entry.lingering)
    entry.users += 1
    watch ??= setInterval(look, WATCH_MS).unref()
    const end = async () => {
      vpcs.delete(key)
      if (vpcs.size === 0) {
        clearInterval(watch)
        watch = undefined
      }
      await entry.vpc.then(
        (vpc) => vpc.close(),
        () => {}, // it never stood, and whoever asked for it was told
      )
    }
    const release = async (lingers = lingerMs) => {
      entry.users -= 1
      if (entry.users > 0) return
      if (lingers > 0) entry.lingering = setTimeout(() => void end(), lingers).unref()
      else await end()
    }
    try {
      return { vpc: await entry.vpc, release }
    } catch (error) {
      await release(0)
      throw error
    }
  }

  async function ready(): Promise<Mode> {
    const { available, mode, missing } = await probeFabric()
    if (!available) throw new FabricError(`A VPC cannot be made real on this machine. ${missing.join(' ')}`)
    return mode
  }

  async function up(place: VpcPlace, own: OwnNetwork | undefined): Promise<VpcFabric> {
    const mode = await ready()
    const parts = openParts(world)
    return openVpc(world, place, { mode, records: recordsOf(world), parts, own, internet, natIdleSeconds })
  }

  /** `meanwhile` is called when other processes are at work on the namespace: this one need not stand idle. */
  async function joinVpc<T>(
    place: InterfacePlace,
    meanwhile: (files: FilesOf) => T | Promise<T>,
  ): Promise<Joined & { made: T }> {
    const { account, region, networkInterfaceId, own } = place
    const network = () => own?.network() ?? world.network(account, region)
    const { documents } = network()
    const eni = documents.NetworkInterfaces.find((one) => one.NetworkInterfaceId === networkInterfaceId)
    const vpcId = eni?.VpcId ?? routerOfHost(network(), networkInterfaceId)
    if (vpcId === undefined) throw new FabricError(`no VPC has or is reached by ${networkInterfaceId}`)
    const { vpc, release } = await use({ account, region, vpcId }, place)
    const folder = join(folderOf(world), 'files', `${networkInterfaceId}.${(joins += 1)}`)
    const shared = trustFolder(world)
    const files: FilesOf = (how) =>
      guestFiles(network(), networkInterfaceId, authorityOf(world), folder, { shared, ...how })
    let detached: Promise<void> | undefined
    const detach = async () => {
      try {
        await vpc.unplug(networkInterfaceId)
      } finally {
        await release()
        await rm(folder, { recursive: true, force: true })
      }
    }
    const plugging = vpc.plug(networkInterfaceId)
    const [plugged, made] = await Promise.allSettled([plugging, Promise.resolve(files).then(meanwhile)])
    if (plugged.status === 'rejected') {
      await release()
      await rm(folder, { recursive: true, force: true })
      throw plugged.reason
    }
    if (made.status === 'rejected') {
      await detach()
      throw made.reason
    }
    return { enter: plugged.value, made: made.value, keeper: vpc.keeper, detach: () => (detached ??= detach()) }
  }

  return {
    ready,
    async join(place) {
      const { made: files, ...joined } = await joinVpc(place, (later) => later)
      return { ...joined, files }
    },
    async attach(place) {
      const { made, ...joined } = await joinVpc(place, (files) => files({}))
      return { ...joined, ...made }
    },
    lookUp: ({ account, region }, host, port) =>
      lookUpInternet(
        (world.config.egressAllow ?? []).map(parseEgress),
        outside ?? machinesNetwork(),
        world.network(account, region),
        { host, port },
      ),
    async close() {
      clearInterval(watch)
      for (const { lingering } of vpcs.values()) clearTimeout(lingering)
      await Promise.all([...vpcs.values()].map(({ vpc }) => vpc.then((one) => one.close()).catch(() => {})))
      vpcs.clear()
    },
  }
}
