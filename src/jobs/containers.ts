import { recordsOf, runnerOf } from '../runners/choose.ts'
import type { Mount, OutputLine, PreparedImage, RunSpec, Running } from '../runners/runner.ts'
import { environmentOf as wholeEnvironmentOf, hiddenFolders } from '../runners/sandbox.ts'
import type { World } from '../world.ts'
import type { JobNetwork } from './container-network.ts'
import { followDisk } from './disk-use.ts'
import { JobFailure } from './failure.ts'
import { limitsOf, volumeBytes } from './instance-types.ts'
import type { Instance } from './instance-types.ts'

/** SIGTERM first, and 120 s for the program to save what it has (API_StopTrainingJob). */
const stopGraceSeconds = 120

/** Why programs that ran were ended by us. */
export type Ending = 'Stopped' | 'MaxRuntimeExceeded'

/** What the containers of a job are made of and tell to. `E`: further reasons for which they are ended. */
export interface Containers<E extends string = never> {
  /** Unique among what runs. */
  name: string
  image: PreparedImage
  entrypoint: readonly string[]
  arguments: readonly string[]
  /** `ml`: the folder that the program sees as /opt/ml. */
  hosts: readonly {
    name: string
    ml: string
    env: Readonly<Record<string, string>>
    mounts?: readonly Mount[]
    /** What bounds its program; absent: this machine alone. */
    instance?: Instance
  }[]
  network: JobNetwork
  /** A line that a host's program printed. */
  told: (host: number, line: OutputLine) => void
  /** Keeps all that was told. */
  saved(): Promise<void>
  /** FailureReason of a host whose program ended so. */
  failure(host: number, exitCode: number): Promise<string>
  maxRuntimeSeconds: number | undefined
  /** More limits of time, in seconds from the start. */
  limits?: readonly { seconds: number | undefined; ending: E }[]
  /** Work beside the programs, which ends when they are over. When it rejects, they are ended, and that is the outcome. */
  beside?: readonly ((over: AbortSignal) => Promise<void>)[]
  stop: AbortSignal
  shutdown: AbortSignal
}

/**
 * Runs the programs of all hosts to their ends. The job fails when one fails, and takes the others along. Rejects with
 * JobFailure; returns why they were told to end, if they were.
 */
export async function runContainers<E extends string = never>(
  world: World,
  containers: Containers<E>,
): Promise<Ending | E | undefined> {
  const { hosts, shutdown, beside = [] } = containers
  const running: Running[] = []
  const alive = new Set<Running>()
  const over = new AbortController()
  let besideFailed: { error: unknown } | undefined
  try {
    for (const [index] of hosts.entries()) {
      const one = await start(world, containers, index)
      running.push(one)
      alive.add(one)
      one.exit.finally(() => alive.delete(one)).catch(() => {})
    }
    const helpers = [...beside, ...followDisks(containers)].map((work) =>
      work(over.signal).catch((error: unknown) => {
        besideFailed ??= { error }
        for (const one of alive) void one.stop(0)
      }),
    )
    const { ending, failed } = await follow(containers, running, alive)
    over.abort()
    await Promise.all(helpers)
    // What the programs said is kept, however they ended.
    if (failed || besideFailed || shutdown.aborted) await containers.saved()
    if (besideFailed) throw besideFailed.error
    if (failed) throw new JobFailure(await containers.failure(failed.host, failed.code))
    return ending
  } finally {
    over.abort()
    await Promise.all([...alive].map((one) => one.stop(0)))
  }
}

async function start<E extends string>(world: World, containers: Containers<E>, index: number): Promise<Running> {
  const { name, hosts, image, network, entrypoint, arguments: args } = containers
  const { name: hostname, ml, env: own, mounts = [], instance = {} } = hosts[index]!
  const hide = [world.config.dataDir]
  const env = wholeEnvironmentOf({ image, env: own, hostname })
  const view =
    image.rootfs === 'host' ? { root: '/', hidden: hiddenFolders(hide), env } : { root: image.directory, env }
  const place = await network.host(index, view)
  const runner = await runnerOf(world)
  return runner.start({
    name: `${name}-${hostname}`,
    image,
    entrypoint,
    arguments: args,
    ml,
    hostname,
    hide,
    records: recordsOf(world),
    ...place,
    mounts: [...place.mounts, ...mounts],
    env: { ...own, ...place.env },
    limits: limitsOf(instance),
  } satisfies RunSpec)
}

/** Work beside the programs: their volumes are watched. */
function followDisks<E extends string>({ hosts }: Containers<E>): ((over: AbortSignal) => Promise<void>)[] {
  return hosts.flatMap(({ ml, mounts = [], instance = {} }) => {
    const bytes = volumeBytes(instance)
    const folders = [ml, ...mounts.flatMap(({ from, writable }) => (writable ? [from] : []))]
    return bytes === undefined ? [] : [(over: AbortSignal) => followDisk(folders, bytes, over)]
  })
}

/** Passes output on as it comes, and ends the programs when they are told to or their time is over. */
async function follow<E extends string>(
  { told, maxRuntimeSeconds = 86_400, limits = [], stop, shutdown }: Containers<E>,
  running: readonly Running[],
  alive: ReadonlySet<Running>,
) {
  let ending: Ending | E | undefined
  let failed: { host: number; code: number } | undefined
  const endAll = (graceSeconds: number) => {
    for (const one of alive) void one.stop(graceSeconds)
  }
  const end = (why: Ending | E) => {
    ending ??= why
    endAll(stopGraceSeconds)
  }
  const onStop = () => end('Stopped')
  const onShutdown = () => endAll(0)
  const timers = [{ seconds: maxRuntimeSeconds, ending: 'MaxRuntimeExceeded' as const }, ...limits].flatMap(
    ({ seconds, ending: why }) =>
      seconds === undefined ? [] : setTimeout(() => end(why), Math.min(seconds * 1000, 2 ** 31 - 1)),
  )
  if (stop.aborted) onStop()
  else stop.addEventListener('abort', onStop, { once: true })
  if (shutdown.aborted) onShutdown()
  else shutdown.addEventListener('abort', onShutdown, { once: true })
  try {
    await Promise.all(
      running.map(async (one, host) => {
        for await (const line of one.output) told(host, line)
        const { code } = await one.exit
        if (code === 0 || ending || failed || shutdown.aborted) return
        failed = { host, code }
        endAll(0)
      }),
    )
    return { ending, failed }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
    shutdown.removeEventListener('abort', onShutdown)
  }
}
