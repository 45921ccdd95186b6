import { recordsOf, runnerOf } from '../runners/choose.ts'
import type { OutputLine, PreparedImage, RunSpec, Running } from '../runners/runner.ts'
import { environmentOf as wholeEnvironmentOf, hiddenFolders } from '../runners/sandbox.ts'
import type { World } from '../world.ts'
import type { JobNetwork } from './container-network.ts'
import { JobFailure } from './failure.ts'

/** SIGTERM first, and 120 s for the program to save what it has (API_StopTrainingJob). */
const stopGraceSeconds = 120

/** Why programs that ran were ended by us. */
export type Ending = 'Stopped' | 'MaxRuntimeExceeded'

/** What the containers of a job are made of and tell to. */
export interface Containers {
  /** Unique among what runs. */
  name: string
  image: PreparedImage
  entrypoint: readonly string[]
  arguments: readonly string[]
  /** `ml`: the folder that the program sees as /opt/ml. */
  hosts: readonly { name: string; ml: string; env: Readonly<Record<string, string>> }[]
  network: JobNetwork
  /** A line that a host's program printed. */
  told: (host: number, line: OutputLine) => void
  /** Keeps all that was told. */
  saved(): Promise<void>
  /** FailureReason of a host whose program ended so. */
  failure(host: number, exitCode: number): Promise<string>
  maxRuntimeSeconds: number | undefined
  stop: AbortSignal
  shutdown: AbortSignal
}

/**
 * Runs the programs of all hosts to their ends. The job fails when one fails, and takes the others along. Rejects with
 * JobFailure; returns why they were told to end, if they were.
 */
export async function runContainers(world: World, containers: Containers): Promise<Ending | undefined> {
  const { hosts, shutdown } = containers
  const running: Running[] = []
  const alive = new Set<Running>()
  try {
    for (const [index] of hosts.entries()) {
      const one = await start(world, containers, index)
      running.push(one)
      alive.add(one)
      one.exit.finally(() => alive.delete(one)).catch(() => {})
    }
    const { ending, failed } = await follow(containers, running, alive)
    // What the programs said is kept, however they ended.
    if (failed || shutdown.aborted) await containers.saved()
    if (failed) throw new JobFailure(await containers.failure(failed.host, failed.code))
    return ending
  } finally {
    await Promise.all([...alive].map((one) => one.stop(0)))
  }
}

async function start(world: World, containers: Containers, index: number): Promise<Running> {
  const { name, hosts, image, network, entrypoint, arguments: args } = containers
  const { name: hostname, ml, env: own } = hosts[index]!
  const hide = [world.config.dataDir]
  const env = wholeEnvironmentOf({ image, env: own, hostname })
  const view =
    image.rootfs === 'host' ? { root: '/', hidden: hiddenFolders(hide), env } : { root: image.directory, env }
  const place = network.host(index, view)
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
    env: { ...own, ...place.env },
  } satisfies RunSpec)
}

/** Passes output on as it comes, and ends the programs when they are told to or their time is over. */
async function follow(
  { told, maxRuntimeSeconds = 86_400, stop, shutdown }: Containers,
  running: readonly Running[],
  alive: ReadonlySet<Running>,
) {
  let ending: Ending | undefined
  let failed: { host: number; code: number } | undefined
  const endAll = (graceSeconds: number) => {
    for (const one of alive) void one.stop(graceSeconds)
  }
  const end = (why: Ending) => {
    ending ??= why
    endAll(stopGraceSeconds)
  }
  const onStop = () => end('Stopped')
  const onShutdown = () => endAll(0)
  const timer = setTimeout(() => end('MaxRuntimeExceeded'), Math.min(maxRuntimeSeconds * 1000, 2 ** 31 - 1))
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
    clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
    shutdown.removeEventListener('abort', onShutdown)
  }
}
