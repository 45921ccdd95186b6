import type { World } from '../world.ts'
import { recordsOf, runnerOf } from '../runners/choose.ts'
import type { PreparedImage, RunSpec, Running } from '../runners/runner.ts'
import { environmentOf as wholeEnvironmentOf, hiddenFolders } from '../runners/sandbox.ts'
import type { TrainingJob } from '../services/sagemaker/training-job.ts'
import { environmentOf, failureText } from './container.ts'
import type { Host } from './container.ts'
import type { JobNetwork } from './container-network.ts'
import { JobFailure, reasons } from './failure.ts'
import type { JobLogs } from './job-logs.ts'
import type { MetricReader } from './metrics.ts'

/** SIGTERM first, and 120 s for the program to save what it has (API_StopTrainingJob). */
const stopGraceSeconds = 120

/** Why programs that ran were ended by us. */
export type Ending = 'Stopped' | 'MaxRuntimeExceeded'

/** What the containers of a job are made of and tell to. */
export interface Containers {
  job: TrainingJob
  hosts: readonly Host[]
  image: PreparedImage
  network: JobNetwork
  /** One for each host. */
  logs: readonly JobLogs[]
  metrics: MetricReader
  stop: AbortSignal
  shutdown: AbortSignal
}

/**
 * Runs the programs of all hosts to their ends. The job fails when one fails, and takes the others along. Rejects with
 * JobFailure; returns why they were told to end, if they were.
 */
export async function runContainers(world: World, containers: Containers): Promise<Ending | undefined> {
  const { hosts, logs, shutdown } = containers
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
    if (failed || shutdown.aborted) for (const one of logs) await one.close()
    if (failed) throw new JobFailure(reasons.algorithm(await failureText(hosts[failed.host]!.folders), failed.code))
    return ending
  } finally {
    await Promise.all([...alive].map((one) => one.stop(0)))
  }
}

async function start(world: World, { job, hosts, image, network }: Containers, index: number): Promise<Running> {
  const { description, account, region } = job
  const { ContainerEntrypoint, ContainerArguments } = description.AlgorithmSpecification!
  const { name: hostname, folders } = hosts[index]!
  const own = environmentOf(description, region, hostname)
  const hide = [world.config.dataDir]
  const env = wholeEnvironmentOf({ image, env: own, hostname })
  const view =
    image.rootfs === 'host' ? { root: '/', hidden: hiddenFolders(hide), env } : { root: image.directory, env }
  const place = network.host(index, view)
  const runner = await runnerOf(world)
  return runner.start({
    name: `${account}-${region}-${description.TrainingJobName}-${hostname}`,
    image,
    entrypoint: ContainerEntrypoint ?? [],
    arguments: ContainerArguments ?? ['train'],
    ml: folders.ml,
    hostname,
    hide,
    records: recordsOf(world),
    ...place,
    env: { ...own, ...place.env },
  } satisfies RunSpec)
}

/** Passes output on as it comes, and ends the programs when they are told to or their time is over. */
async function follow(
  { job, logs, metrics, stop, shutdown }: Containers,
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
  const limitMs = (job.description.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) * 1000
  const timer = setTimeout(() => end('MaxRuntimeExceeded'), Math.min(limitMs, 2 ** 31 - 1))
  if (stop.aborted) onStop()
  else stop.addEventListener('abort', onStop, { once: true })
  if (shutdown.aborted) onShutdown()
  else shutdown.addEventListener('abort', onShutdown, { once: true })
  try {
    await Promise.all(
      running.map(async (one, host) => {
        for await (const line of one.output) {
          logs[host]!.write(line.time, line.text)
          metrics.read(line.time, line.text)
        }
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
