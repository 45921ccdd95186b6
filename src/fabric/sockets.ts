import { spawn } from 'node:child_process'
import type { Socket as UdpSocket } from 'node:dgram'
import type { Server } from 'node:net'
import { extname, join } from 'node:path'
import { beModest } from '../runners/modest.ts'
import { SYSTEM_PATH } from '../runners/sandbox.ts'
import type { Handover, Wanted } from './listen-inside.ts'
import { FabricError } from './router.ts'
import type { Router } from './router.ts'

/** A listening socket of a router's namespace, in this process. */
export type Opened =
  | { transport: 'tcp'; host: string; port: number; handle: Server }
  | { transport: 'udp'; host: string; port: number; handle: UdpSocket }

/** Opens sockets inside a router's namespace; a program of ours does it there and hands them over. */
export function openSockets(router: Router, wanted: Wanted): Promise<Opened[]> {
  const program = join(import.meta.dirname, `listen-inside${extname(import.meta.filename)}`)
  const [enter = '', ...args] = router.enter()
  const child = spawn(
    enter,
    [...args, process.execPath, '--disable-warning=ExperimentalWarning', program, JSON.stringify(wanted)],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { PATH: SYSTEM_PATH } },
  )
  beModest(child)
  const opened: Opened[] = []
  child.on('message', (message, handle) => {
    const { transport, host, port } = message as Handover
    opened.push({ transport, host, port, handle } as Opened)
  })
  let said = ''
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve(opened)
      for (const { handle } of opened) handle.close()
      reject(new FabricError(`no socket could be opened inside: ${said.trim() || `exit code ${code}`}`))
    })
  })
}
