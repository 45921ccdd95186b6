import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { toolPath } from '../isolation.ts'
import { RunnerError } from '../runner.ts'
import type { RunSpec } from '../runner.ts'
import { HOSTNAME } from '../sandbox.ts'
import type { Layout } from '../sandbox.ts'
import type { Engine } from './engine.ts'
import { loadHostRoot } from './images.ts'
import { hostRoot, mountsOf } from './mounts.ts'

/** Where a container's network is, and what has to be taken away after it. */
export interface ContainerNetwork {
  mode: string
  sharesName: boolean
  close(): Promise<void>
}

const simply = (mode: string): ContainerNetwork => ({ mode, sharesName: false, close: async () => {} })

/**
 * The network of a run. One that has a namespace of its own, made by the fabric (RunSpec.enter), is joined: podman is told where
 * it lies; docker takes no path but another container, so one is started that enters it and then does nothing.
 */
export async function openNetwork(
  engine: Engine,
  spec: RunSpec,
  labels: Record<string, string>,
): Promise<ContainerNetwork> {
  if (!spec.enter) return simply(spec.network)
  const namespace = namespaceOf(spec.enter)
  if (engine.rootless || process.getuid?.() !== 0)
    throw new RunnerError(`a container of ${engine.name} can join a VPC only where both it and the server run as root`)
  return engine.name === 'podman' ? simply(`ns:${namespace}`) : pause(engine, namespace, spec, labels)
}

/** nsenter(1)'s own words, which are all that an entering command has. */
export function namespaceOf(enter: readonly string[]): string {
  const path = enter.find((word) => word.startsWith('--net='))?.slice('--net='.length)
  if (path === undefined || enter.some((word) => word.startsWith('--user=')))
    throw new RunnerError('a container cannot join a network that is entered in this way')
  return path
}

/** Where the pause finds the namespace that it is to enter. */
const PLACE = '/run/netns'

/**
 * A container that only holds a namespace. Its programs are the machine's own nsenter and sleep, on the machine's root seen
 * read-only. It alone has the right to enter a namespace, and goes with the program.
 */
async function pause(
  engine: Engine,
  namespace: string,
  { hostname = HOSTNAME }: RunSpec,
  labels: Record<string, string>,
): Promise<ContainerNetwork> {
  const root = hostRoot()
  const layout: Layout = [
    { kind: 'root', from: '/', writable: false },
    ...['/run', '/root', '/home', '/tmp'].map((to) => ({ kind: 'empty' as const, to })),
    { kind: 'bind', from: namespace, to: PLACE, writable: false },
  ]
  const container = await engine.api.createContainer({
    Image: await loadHostRoot(engine, root),
    Entrypoint: [toolPath('nsenter') ?? 'nsenter', `--net=${PLACE}`, '--', toolPath('sleep') ?? 'sleep', 'infinity'],
    Cmd: [],
    Hostname: hostname,
    Labels: labels,
    HostConfig: {
      ...mountsOf(layout, engine, root),
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: ['SYS_ADMIN'],
      LogConfig: { Type: 'none', Config: {} },
    },
  })
  const close = () => container.remove({ force: true })
  try {
    await container.start()
    const { State } = await container.inspect()
    await entered(State.Pid, namespace)
    return { mode: `container:${container.id}`, sharesName: true, close }
  } catch (error) {
    await close()
    throw error
  }
}

const PATIENCE_MS = 10_000

/** Whoever joins the container before it has entered would be in an empty network. */
async function entered(pid: number, namespace: string): Promise<void> {
  const { ino: wanted } = await stat(namespace)
  for (let waited = 0; waited < PATIENCE_MS; waited += 5) {
    const { ino } = await stat(`/proc/${pid}/ns/net`).catch(() => ({ ino: undefined }))
    if (ino === wanted) return
    await delay(5)
  }
  throw new RunnerError('the namespace of the interface could not be entered')
}
