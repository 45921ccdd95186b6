import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { call, type Door } from './door/door.ts'
import { listen } from './door/listen.ts'
import { openEndpointAddresses } from './door/endpoint-addresses.ts'
import { buildNetwork } from './network/network.ts'
import type { Network } from './network/types.ts'
import { diskObjects } from './objects/disk.ts'
import { ec2Epoch, networkDocuments } from './services/ec2/documents.ts'
import { bootstrap } from './services/iam/bootstrap.ts'
import { closeFabric, reapFabric } from './fabric/leftovers.ts'
import { reapOrphans } from './runners/choose.ts'
import { recoverObjects } from './services/s3/garbage.ts'
import { openDecisions } from './store/decision-log.ts'
import { lockFolder } from './store/lock.ts'
import { openStore } from './store/sqlite.ts'
import { checkVault, openVault, readMasterKey } from './store/vault.ts'
import { startUpkeep } from './upkeep.ts'
import type { Config, World } from './world.ts'

export interface ServerOptions extends Config {
  rootAccessKeyId?: string
  rootSecretAccessKey?: string
  logLevel?: string
}

export interface RunningServer {
  readonly world: World
  readonly url: string
  /** Stops taking calls, lets running ones finish, writes what is in memory. Running jobs end as on a restart. */
  close(): Promise<void>
}

/** Starts a server on its data folder; resolves when it takes calls. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const unlock = lockFolder(options.dataDir)
  try {
    return await open(options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function open(options: ServerOptions, unlock: () => void): Promise<RunningServer> {
  const world = await openWorld(options)
  await world.objects.recover()
  await recoverObjects(world)
  await reapOrphans(world)
  await reapFabric(world)
  bootstrap(world, options)
  // Whoever reads the credentials of the first start can rely on them.
  await world.store.durable()
  const main = await listen(world, options)
  world.config.port = (main.address() as { port: number }).port
  const url = `http://${options.host}:${world.config.port}`
  writeFileSync(join(options.dataDir, 'server.json'), JSON.stringify({ url, region: options.region }))
  const addresses = await openEndpointAddresses(world)
  const upkeep = startUpkeep(world)
  return {
    world,
    url,
    async close() {
      await upkeep.stop()
      await closeFabric(world)
      await Promise.all([closed(main), addresses.close()])
      world.decisions.close()
      world.store.close()
      unlock()
    },
  }
}

async function openWorld(options: ServerOptions): Promise<World> {
  const { masterKeyFile = join(options.dataDir, 'master.key') } = options
  const vault = openVault(readMasterKey(masterKeyFile, options.masterKeyFile === undefined))
  const store = openStore(join(options.dataDir, 'sallyport.db'))
  checkVault(store, vault)
  const now = () => Date.now()
  const world: World = {
    config: { ...options },
    store,
    objects: await openObjects(options, vault, store),
    vault,
    decisions: openDecisions(join(options.dataDir, 'decisions.db'), {
      max: options.decisionsMax,
      days: options.decisionsDays,
      now,
    }),
    door: { call: (inner) => call(world, inner) } satisfies Door,
    log: logger(options.logLevel),
    now,
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    network: networks(store),
  }
  return world
}

/** Files of the data folder, or another S3 store that the operator named. */
async function openObjects(
  { dataDir, objects, objectsEndpoint }: ServerOptions,
  vault: World['vault'],
  { blobs }: World['store'],
) {
  if (objects === undefined) return diskObjects(join(dataDir, 'objects'), vault, blobs)
  const [{ remoteObjects }, { remoteStore }] = await Promise.all([
    import('./objects/remote.ts'),
    import('./objects/remote-options.ts'),
  ])
  return remoteObjects(remoteStore(objects, objectsEndpoint), vault)
}

function logger(level = 'warn'): Logger {
  return pino({ level }, pino.destination({ dest: 2, sync: true }))
}

/** The VPC model per account and region, rebuilt when EC2's documents move. */
function networks(store: World['store']): World['network'] {
  const built = new Map<string, { epoch: number; network: Network }>()
  return (account, region) => {
    const key = `${account}/${region}`
    const epoch = ec2Epoch(store)
    const kept = built.get(key)
    if (kept && kept.epoch === epoch) return kept.network
    const network = buildNetwork(networkDocuments(store, account, region), region)
    built.set(key, { epoch, network })
    return network
  }
}

function closed(server: Server): Promise<void> {
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), 2000)
  return new Promise((resolve) => server.close(() => (clearTimeout(timer), resolve())))
}
