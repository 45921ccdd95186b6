import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { recordsOf, runnerOf } from '../../runners/choose.ts'
import type { Exit, OutputLine, PreparedImage, RunSpec, Running } from '../../runners/runner.ts'
import { environmentOf, hiddenFolders } from '../../runners/sandbox.ts'
import type { World } from '../../world.ts'
import type { HostNetwork, JobNetwork } from '../container-network.ts'
import { JobFailure, reasons } from '../failure.ts'
import { limitsOf } from '../instance-types.ts'
import type { Instance } from '../instance-types.ts'
import { enterOf, machinesPort, openInsidePort } from './inside-port.ts'
import type { InsidePort } from './inside-port.ts'

/** Where an inference container listens ("Use Your Own Inference Code with Hosting Services"). */
const PORT = 8080
/** "containers must stop within 30 seconds" of SIGTERM ("How Your Container Should Respond…"). */
const GRACE_SECONDS = 30

/** A container that answers requests for inferences. */
export interface ModelServerSpec {
  /** Unique among what runs. */
  name: string
  image: PreparedImage
  /** `ml`: the folder that the program sees as /opt/ml. */
  ml: string
  hostname: string
  env: Readonly<Record<string, string>>
  network: JobNetwork
  /** Which of the network's hosts. */
  index: number
  told: (line: OutputLine) => void
  /** What bounds the program; absent: this machine alone. */
  instance?: Instance
}

export interface ModelAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface ModelRequest {
  method: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: Buffer
  timeoutMs: number
  signal?: AbortSignal
}

export interface ModelServer {
  /** One HTTP request on a connection of its own. Rejects when no whole answer came, with a system's error code or words as message. */
  ask(request: ModelRequest): Promise<ModelAnswer>
  exit: Promise<Exit>
  /** Why its network is less than AWS's. */
  notice?: string
  stop(): Promise<void>
}

/** Starts the image with `serve`; it may not listen yet. Rejects with JobFailure where its port cannot be kept apart. */
export async function startModelServer(world: World, spec: ModelServerSpec): Promise<ModelServer> {
  const { name, image, ml, hostname, env: own, told, instance = {} } = spec
  const runner = await runnerOf(world)
  const hide = [world.config.dataDir]
  const seen = environmentOf({ image, env: own, hostname })
  const view =
    image.rootfs === 'host'
      ? { root: '/', hidden: hiddenFolders(hide), env: seen }
      : { root: image.directory, env: seen }
  const { place, notice } = await apart(
    await spec.network.host(spec.index, view),
    (await runner.isolation()).isolates.network,
  )
  const running = await runner.start({
    name,
    image,
    arguments: ['serve'],
    ml,
    hostname,
    hide,
    records: recordsOf(world),
    ...place,
    env: { ...own, ...place.env },
    limits: limitsOf(instance),
  } satisfies RunSpec)
  const printed = (async () => {
    for await (const line of running.output) told(line)
  })()
  try {
    const port = await portOf(place, running)
    const exit = running.exit.finally(() => port.close())
    exit.catch(() => {})
    return {
      ask: (one) => ask(port, one),
      exit,
      ...(notice !== undefined && { notice }),
      async stop() {
        await running.stop(GRACE_SECONDS)
        await printed
        port.close()
      },
    }
  } catch (error) {
    await running.stop(0)
    throw error
  }
}

/**
 * Without the fabric programs run in this machine's network, where only one can have the port, and anybody may ask it: so it
 * gets a namespace of its own, in which it reaches nothing; where there can be none, the port must at least be free.
 */
async function apart(place: HostNetwork, possible: boolean): Promise<{ place: HostNetwork; notice?: string }> {
  if (place.enter || place.network === 'none') return { place }
  if (possible) {
    const notice = 'The container reaches nothing, for there is no fabric that would keep its port apart.'
    return { place: { network: 'none', mounts: place.mounts, env: {} }, notice }
  }
  const taken = await machinesPort.connect(PORT).then(
    (socket) => socket.destroy(),
    () => undefined,
  )
  if (taken)
    throw new JobFailure(reasons.noFabric(`Port ${PORT} of this machine is in use, and no sandbox works here.`))
  return { place, notice: `The container's port ${PORT} is open to all on this machine, for no sandbox works here.` }
}

async function portOf(place: HostNetwork, running: Running): Promise<InsidePort> {
  if (place.enter) return openInsidePort(place.enter)
  if (place.network === 'host') return machinesPort
  const enter = enterOf(running)
  if (!enter) throw new JobFailure(reasons.noFabric('The network of the container cannot be entered.'))
  return openInsidePort(enter)
}

async function ask(port: InsidePort, { method, path, headers = {}, body, timeoutMs, signal }: ModelRequest) {
  const socket = await port.connect(PORT)
  return new Promise<ModelAnswer>((resolve, reject) => {
    const asked = request({
      method,
      path,
      headers: { host: `localhost:${PORT}`, ...headers, ...(body && { 'content-length': body.length }) },
      createConnection: () => socket,
      ...(signal && { signal }),
    })
    const timer = setTimeout(() => asked.destroy(new Error('timed out')), timeoutMs)
    const done = (error?: Error) => {
      clearTimeout(timer)
      if (error) reject(error)
    }
    asked.once('error', done)
    asked.once('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', done)
      answer.once('end', () => {
        done()
        socket.destroy()
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) })
      })
    })
    asked.end(body)
  })
}

/** How long a container may take to answer GET /ping with 200 ("The job will stop after 30 minutes", AWS staff, amazon-sagemaker-examples 815). */
export const pingLimits = { totalMs: 1_800_000, pauseMs: 100 }

/** Waits for 200 of /ping. `silent`: it never came; `ended`: the program did. */
export async function untilHealthy(
  server: Pick<ModelServer, 'ask' | 'exit'>,
  signal: AbortSignal,
): Promise<'healthy' | 'silent' | 'ended'> {
  const ended = new AbortController()
  void server.exit.finally(() => ended.abort()).catch(() => {})
  const end = Date.now() + pingLimits.totalMs
  while (!ended.signal.aborted && !signal.aborted && Date.now() < end) {
    const answer = await server.ask({ method: 'GET', path: '/ping', timeoutMs: 2000, signal }).catch(() => undefined)
    if (answer?.status === 200) return 'healthy'
    await delay(pingLimits.pauseMs)
  }
  return ended.signal.aborted || signal.aborted ? 'ended' : 'silent'
}
