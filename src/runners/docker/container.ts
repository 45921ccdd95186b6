import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import type { ContainerCreateOptions } from 'dockerode'
import type { Limits, RunSpec } from '../runner.ts'
import { HOSTNAME, commandOf, environmentOf, workingDirectoryOf } from '../sandbox.ts'
import type { Engine } from './engine.ts'
import type { Mounts } from './mounts.ts'

/** What a container is made of beside what it is to run. */
export interface Around {
  image: string
  mounts: Mounts
  /** Absent: whom the image says. */
  user: string | undefined
  networkMode: string
  /** The name comes with a network that another container has. */
  sharesName: boolean
  /** The engine brings a process 1 that hands signals on and reaps orphans. */
  init: boolean
  labels: Record<string, string>
  /** Which limits the engine can set. */
  limits: Engine['limits']
}

/** Rights of docker's usual ones that a program could change its packets or the machine by. */
const DROPPED = ['NET_RAW', 'MKNOD', 'AUDIT_WRITE', 'SYS_CHROOT', 'SETFCAP']

/** Programs yield to the server: a fourth of an ordinary process's share (docs.docker.com: --cpu-shares, 1024). */
const MODEST = 256

/**
 * Process 1 on the machine's root, where the engine's own would have to be mounted into a read-only folder. It hands on what
 * stops the program, to which so the default deeds of signals apply, and ends as it does; with it go all others. An
 * interrupted wait is repeated; a status that was told before is told as 127 the second time.
 */
const INIT = `"$@" & p=$!; c=127; trap 't=1; kill -TERM $p 2>&-' TERM
while t=; do wait $p 2>&-; n=$?; [ $n = 127 ] || c=$n; [ "$t" ] || exit $c; done`

/** A program as Docker Engine's API starts it (POST /containers/create). */
export function containerOptions(spec: RunSpec, around: Around): ContainerCreateOptions {
  const onHost = spec.image.rootfs === 'host'
  return {
    Image: around.image,
    Entrypoint: onHost ? ['/bin/sh', '-c', INIT, 'init', ...commandOf(spec)] : commandOf(spec),
    Cmd: [],
    Env: Object.entries(containerEnvironment(spec)).map(([name, value]) => `${name}=${value}`),
    WorkingDir: workingDirectoryOf(spec.image),
    ...(around.user !== undefined && { User: around.user }),
    ...(!around.sharesName && { Hostname: spec.hostname ?? HOSTNAME }),
    Labels: around.labels,
    HostConfig: {
      ...around.mounts,
      ...limitsOf(spec.limits, around.limits),
      NetworkMode: around.networkMode,
      ReadonlyRootfs: onHost,
      CapDrop: onHost ? ['ALL'] : DROPPED,
      SecurityOpt: ['no-new-privileges'],
      ...(around.limits.cpu && { CpuShares: MODEST }),
      Init: around.init && !onHost,
      IpcMode: 'private',
      ShmSize: Math.floor((spec.limits?.memoryBytes ?? totalmem()) / 2),
      LogConfig: { Type: 'none', Config: {} },
    },
  }
}

function limitsOf({ memoryBytes, cpus, processes, openFiles }: Limits = {}, can: Engine['limits']) {
  return {
    // No more with swap than without.
    ...(memoryBytes !== undefined && can.memory && { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(cpus !== undefined && can.cpu && { NanoCpus: Math.round(cpus * 1e9) }),
    ...(processes !== undefined && can.processes && { PidsLimit: processes }),
    Ulimits: [
      ulimit('nofile', openFiles ?? atMost(1_048_576, 'Max open files')),
      ulimit('nproc', atMost(32_768, 'Max processes')),
    ],
  }
}

const ulimit = (name: string, value: number) => ({ Name: name, Soft: value, Hard: value })

/** Podman's own defaults, which are more than the machine lets it have where this server has less. */
function atMost(most: number, name: string): number {
  try {
    const line = readFileSync('/proc/self/limits', 'latin1')
      .split('\n')
      .find((one) => one.startsWith(name))
    return Math.min(most, Number(/\s(\d+)\s+\S+\s*$/.exec(line ?? '')?.[1] ?? most))
  } catch {
    return most // not Linux
  }
}

/** An image of its own knows the home of its users itself. */
function containerEnvironment(spec: RunSpec): Record<string, string> {
  const { HOME, ...rest } = environmentOf(spec)
  const told = 'HOME' in spec.env || spec.image.config.Env?.some((entry) => entry.startsWith('HOME='))
  return told || spec.image.rootfs === 'host' ? { HOME: HOME!, ...rest } : rest
}
