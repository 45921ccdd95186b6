/** Jobs as containers of Docker or podman; their images bring an operating system, or run on this machine's. */
import type { Container } from 'dockerode'
import { NOBODY, SHARED_DISK } from '../isolation.ts'
import type { Owner } from '../layers.ts'
import { processInfo } from '../proc.ts'
import { exitOf, give, runnerWith } from '../process.ts'
import { HOST_ROOTFS_LABEL, RunnerError } from '../runner.ts'
import type { Exit, Isolation, OutputLine, Runner, Running, RunSpec } from '../runner.ts'
import { commandOf, layoutOf } from '../sandbox.ts'
import { containerOptions } from './container.ts'
import { openEngine, statusOf, unlessGone, wordsOf } from './engine.ts'
import type { Engine, EngineName } from './engine.ts'
import { imageUser } from './image-user.ts'
import { loadHostRoot, loadImage } from './images.ts'
import { hostRoot, mountsOf } from './mounts.ts'
import { openNetwork } from './network.ts'
import { containerLines } from './output.ts'
import { recordContainer } from './records.ts'

const isRoot = () => process.getuid?.() === 0

/** A runner by the engine of this name; it is looked for when it is first needed. `sockets`: elsewhere than usual. */
export function engineRunner(name: EngineName, sockets?: string[]): Runner {
  let opened: Promise<Engine> | undefined
  const engine = () =>
    (opened ??= openEngine(name, sockets).catch((error: unknown) => {
      opened = undefined // it may have been started by the next time
      throw error
    }))
  const isolation = async () => isolationOf(await engine())
  const files = runnerWith(isolation)
  return {
    isolation,
    async prepare(image, directory) {
      const bringsRoot = image.config.config?.Labels?.[HOST_ROOTFS_LABEL] !== 'host'
      const [prepared, engineImage] = await Promise.all([
        files.prepare(image, directory),
        bringsRoot ? loadImage(await engine(), image) : undefined,
      ])
      return { ...prepared, ...(engineImage !== undefined && { engineImage }) }
    },
    start: async (spec) => start(await engine(), spec),
    reap: async (records) => (await import('./reap.ts')).reapContainers(records),
  }
}

function isolationOf(engine: Engine): Isolation {
  const { name, rootless, limits } = engine
  return {
    tool: name,
    isolates: { filesystem: true, processes: true, network: true, user: isRoot() && !rootless },
    missing: [
      ...(rootless || !isRoot()
        ? ['Containers cannot join a VPC: for that both the server and the engine have to run as root.']
        : []),
      ...(rootless
        ? []
        : [
            'The root user of an image with an operating system of its own is root of this machine, held by namespaces.',
          ]),
      ...(limits.memory ? [] : [`Memory is shared with the host: ${name} cannot limit it here.`]),
      ...(limits.cpu ? [] : [`Processors are shared with the host: ${name} cannot limit them here.`]),
      SHARED_DISK,
    ],
  }
}

async function start(engine: Engine, spec: RunSpec): Promise<Running> {
  if (commandOf(spec)[0] === undefined) throw new RunnerError('the image has no entrypoint')
  const { labels, forget } = recordContainer(spec.records, spec.name, engine.socket)
  const left: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const one of left.toReversed()) await one()
    forget()
  }
  try {
    const network = await openNetwork(engine, spec, labels)
    left.push(() => network.close())
    const container = await create(engine, spec, network, labels)
    left.push(() => container.remove({ force: true, v: true }).catch(unlessGone))
    return await run(container, close)
  } catch (error) {
    await close()
    if (error instanceof RunnerError) throw error
    throw new RunnerError(`${engine.name}: ${wordsOf(error)}`)
  }
}

/** Engines that bring no program that reaps orphans and hands signals on; their programs are process 1. */
const withoutInit = new Set<string>()

async function create(
  engine: Engine,
  spec: RunSpec,
  network: { mode: string; sharesName: boolean },
  labels: Record<string, string>,
): Promise<Container> {
  const owner = ownerOf(engine)
  const root = hostRoot()
  const onHost = spec.image.rootfs === 'host'
  if (onHost && process.platform !== 'linux')
    throw new RunnerError("an image without an operating system needs this machine's, which has to be Linux")
  const image = onHost ? await loadHostRoot(engine, root) : spec.image.engineImage
  if (image === undefined) throw new RunnerError('the image was not loaded into the engine')
  // To an own-root container the engine gives names files of its own.
  const layout = layoutOf(spec, owner).filter(({ kind }) => onHost || kind !== 'root')
  const writer = onHost ? owner : isRoot() && !engine.rootless ? imageUser(spec.image) : undefined
  if (writer) await give(spec.ml, writer)
  const options = (init: boolean) =>
    containerOptions(spec, {
      image,
      mounts: mountsOf(layout, engine, root),
      user: userOf(engine, onHost, owner),
      networkMode: network.mode,
      sharesName: network.sharesName,
      init,
      labels,
      limits: engine.limits,
    })
  try {
    return await engine.api.createContainer(options(!withoutInit.has(engine.socket)))
  } catch (error) {
    if (!/init.*binary|catatonit/i.test(wordsOf(error))) throw error
    withoutInit.add(engine.socket)
    return engine.api.createContainer(options(false))
  }
}

/** Whom programs on the machine's root become, as without an engine. */
const ownerOf = ({ rootless }: Engine): Owner | undefined => (isRoot() && !rootless ? NOBODY : undefined)

/** What a server writes and removes in a job's folder must stay its own where it is not root. */
function userOf({ rootless }: Engine, onHost: boolean, owner: Owner | undefined): string | undefined {
  if (rootless) return onHost ? '0:0' : undefined // which is the server's own user outside
  if (!isRoot()) return `${process.getuid?.()}:${process.getgid?.()}`
  return onHost && owner ? `${owner.uid}:${owner.gid}` : undefined
}

async function run(container: Container, close: () => Promise<void>): Promise<Running> {
  const frames = await container.attach({ stream: true, stdout: true, stderr: true })
  try {
    await container.start()
  } catch (error) {
    const code = notExecutable(wordsOf(error))
    if (code === undefined) throw error
    await close()
    return ended(wordsOf(error), { code })
  }
  const { State } = await container.inspect()
  const exit = container.wait().then(async ({ StatusCode, Error: lost }: Waited) => {
    await close()
    return exitOf(lost ? { code: null, signal: 'SIGKILL' } : { code: StatusCode, signal: null })
  })
  exit.catch(() => {})
  return {
    pid: processInfo(State.Pid)?.parent ?? State.Pid,
    output: containerLines(frames as AsyncIterable<Uint8Array> & NodeJS.ReadWriteStream, Date.now),
    exit,
    stop: (graceSeconds) => stop(container, exit, graceSeconds),
  }
}

/** `Error`: nobody knows how it ended, for it was taken away. */
interface Waited {
  StatusCode: number
  Error?: { Message: string } | null
}

/** Docker's exit codes of programs that cannot be started (docs.docker.com: docker run, "Exit status"). */
function notExecutable(words: string): number | undefined {
  if (/not found|no such file or directory/i.test(words)) return 127
  return /permission denied|exec format error/i.test(words) ? 126 : undefined
}

function ended(text: string, result: Exit): Running {
  const lines = async function* (): AsyncGenerator<OutputLine> {
    yield { time: Date.now(), text }
  }
  const exit = Promise.resolve(result)
  return { pid: 0, output: lines(), exit, stop: () => exit }
}

async function stop(container: Container, exit: Promise<Exit>, graceSeconds: number): Promise<Exit> {
  const send = (signal: string) => container.kill({ signal }).catch(unlessOver)
  await send('SIGTERM')
  const timer = setTimeout(() => void send('SIGKILL'), graceSeconds * 1000)
  try {
    return await exit
  } finally {
    clearTimeout(timer)
  }
}

/** A container that does not run any more takes no signal. */
function unlessOver(error: unknown): void {
  if (![404, 409].includes(statusOf(error) ?? 0) && !/not running|stopped|exited/i.test(wordsOf(error))) throw error
}
