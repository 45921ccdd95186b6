/** Finding a container engine that speaks Docker's API, and what it is. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { RunnerError } from '../runner.ts'

export type EngineName = 'docker' | 'podman'

export interface Engine {
  api: Docker
  /** What answers, whatever it was asked for as: podman speaks Docker's API, but for details. */
  name: EngineName
  version: string
  /** Its containers have no more rights on this machine than the user who runs it. */
  rootless: boolean
  socket: string
  /** Which limits it can set here. */
  limits: { memory: boolean; cpu: boolean; processes: boolean }
}

/** Where an engine listens, nearest first: what the variable says, the user's own, the machine's. */
export function socketsOf(name: EngineName, env: NodeJS.ProcessEnv = process.env): string[] {
  const told = (name === 'podman' ? env['CONTAINER_HOST'] : undefined) || env['DOCKER_HOST']
  if (told) return [socketOf(told)]
  const own = env['XDG_RUNTIME_DIR']
  return name === 'podman'
    ? [...(own ? [join(own, 'podman/podman.sock')] : []), '/run/podman/podman.sock']
    : [
        ...(own ? [join(own, 'docker.sock')] : []),
        '/var/run/docker.sock',
        join(env['HOME'] || homedir(), '.docker/run/docker.sock'),
      ]
}

/** A program sees folders of this machine: an engine elsewhere has none of them. */
function socketOf(host: string): string {
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  if (host.startsWith('/')) return host
  throw new RunnerError(`the engine at ${host} may be on another machine: only one at a unix socket can run jobs`)
}

const advice: Readonly<Record<EngineName, string>> = {
  docker: 'Is dockerd running, and may this user talk to it?',
  podman: 'Start its service: systemctl start podman.socket, or podman system service --time=0.',
}

/** Rejects with RunnerError, which says what to do. */
export async function openEngine(name: EngineName, sockets = socketsOf(name)): Promise<Engine> {
  const socket = sockets.find((path) => existsSync(path))
  if (socket === undefined)
    throw new RunnerError(`there is no socket of ${name} (${sockets.join(', ')}). ${advice[name]}`)
  const api = new Docker({ socketPath: socket })
  try {
    const [version, info] = await Promise.all([api.version(), api.info()])
    return {
      api,
      name: version.Components?.some((one) => one.Name.startsWith('Podman')) ? 'podman' : 'docker',
      version: version.Version,
      rootless: isRootless(info as Info),
      socket,
      limits: limitsOf(info as Info),
    }
  } catch (error) {
    throw new RunnerError(`${name} does not answer at ${socket}: ${(error as Error).message}. ${advice[name]}`)
  }
}

interface Info {
  SecurityOptions?: string[]
  Rootless?: boolean
  MemoryLimit?: boolean
  CpuCfsQuota?: boolean
  PidsLimit?: boolean
}

const limitsOf = ({ MemoryLimit = false, CpuCfsQuota = false, PidsLimit = false }: Info) => ({
  memory: MemoryLimit,
  cpu: CpuCfsQuota,
  processes: PidsLimit,
})

const isRootless = ({ SecurityOptions = [], Rootless = false }: Info): boolean =>
  Rootless || SecurityOptions.some((one) => one.includes('name=rootless'))

/** An answer of the engine: 404, 409. */
export const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode

/** The engine's own words. */
export const wordsOf = (error: unknown): string => {
  const { json, message } = error as { json?: { message?: string }; message: string }
  return json?.message ?? message
}

/** Passes over what is gone already, or goes. */
export function unlessGone(error: unknown): void {
  if (statusOf(error) !== 404 && !/already in progress/.test(wordsOf(error))) throw error
}
