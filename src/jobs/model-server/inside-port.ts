import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { extname, join } from 'node:path'
import { toolPath } from '../../runners/isolation.ts'
import { childrenOf } from '../../runners/proc.ts'
import type { Running } from '../../runners/runner.ts'
import { SYSTEM_PATH } from '../../runners/sandbox.ts'
import type { Dial } from './dial-inside.ts'

/** Connects to a port of a container's own loopback, whatever network that is. */
export interface InsidePort {
  /** Rejects with the system's error code as message: ECONNREFUSED while nobody listens. */
  connect(port: number): Promise<Socket>
  close(): void
}

/** In this machine's own network: where programs are not kept apart. */
export const machinesPort: InsidePort = {
  connect: (port) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(socket))
      socket.once('error', ({ code = 'ECONNREFUSED' }: NodeJS.ErrnoException) => reject(new Error(code)))
    }),
  close() {},
}

/**
 * The command that enters the network of a program that has a namespace of its own without the fabric (RunSpec.network
 * `none`). Undefined where it has none: what runs in there must not be taken for the machine's.
 */
export function enterOf({ pid }: Running): string[] | undefined {
  const [init] = childrenOf(pid)
  const net = (of: number | 'self') => readlinkSync(`/proc/${of}/ns/net`)
  if (!init || net(init.pid) === net('self')) return undefined
  const root = process.getuid?.() === 0
  const owner = root ? [] : [`--user=/proc/${init.pid}/ns/user`, '--preserve-credentials']
  return [toolPath('nsenter') ?? 'nsenter', ...owner, `--net=/proc/${init.pid}/ns/net`, '--']
}

/** In the network that a command enters. One program of ours waits in there and dials; the bytes do not pass through it. */
export async function openInsidePort(enter: readonly string[]): Promise<InsidePort> {
  const program = join(import.meta.dirname, `dial-inside${extname(import.meta.filename)}`)
  const [tool, ...args] = [...enter, process.execPath, '--disable-warning=ExperimentalWarning', program]
  const child = spawn(tool, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { PATH: SYSTEM_PATH } })
  const asked = new Map<number, { resolve: (socket: Socket) => void; reject: (error: Error) => void }>()
  let last = 0
  await ready(child)
  child.on('message', (message, socket) => {
    const { id, error = 'ECONNRESET' } = message as Dial
    const waiting = asked.get(id)
    asked.delete(id)
    if (socket) waiting?.resolve(socket as Socket)
    else waiting?.reject(new Error(error))
  })
  const gone = () => {
    for (const { reject } of asked.values()) reject(new Error('ECONNABORTED'))
    asked.clear()
  }
  child.once('disconnect', gone)
  return {
    connect: (port) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Error('ECONNABORTED'))
        last += 1
        asked.set(last, { resolve, reject })
        child.send({ id: last, port } satisfies Dial)
      }),
    close() {
      if (child.connected) child.disconnect()
    },
  }
}

function ready(child: ChildProcess): Promise<void> {
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the container's network: ${said.trim() || `exit code ${code}`}`)))
  })
}
