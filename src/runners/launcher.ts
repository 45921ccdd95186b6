/**
 * Programs are started by a small process of ours. A fork of the server itself would stop it for as long as its memory is
 * large and the machine is busy (11 ms each, measured by bench/jobs.ts), and all who wait for an answer with it.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { extname, join } from 'node:path'
import { beModest } from './modest.ts'
import type { Plan } from './plan.ts'
import { RunnerError } from './runner.ts'
import { SYSTEM_PATH } from './sandbox.ts'

/** What is asked of the launcher: a named pipe at a path, or to run a plan, its output into such a pipe. */
export type Ask = { id: number } & ({ make: string } | { plan: Plan; output: string; sandbox: boolean })

export type Tell = { id: number } & ({ error: string } | { pid: number; inside?: number } | { closed: Closed } | object)

/** How a process ended. */
export interface Closed {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Launched {
  pid: number
  /** Process 1 of the sandbox, told by bubblewrap once it stands. */
  inside?: number
  /** Rejects with RunnerError when the launcher is gone, and nobody knows. */
  closed: Promise<Closed>
}

interface Waiting {
  told: PromiseWithResolvers<Tell>
  closed: PromiseWithResolvers<Closed>
}

interface Launcher {
  process: ChildProcess
  waiting: Map<number, Waiting>
}

let current: Launcher | undefined
let asked = 0

/**
 * A pipe for a program's standard output and error together: one pipe keeps their order. Node's own pipes are sockets, which
 * programs cannot open again as /dev/stdout; hence a named pipe, whose name is gone before anything runs.
 */
export async function outputPipe(path: string): Promise<Socket> {
  await ask({ make: path }).told.promise
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
}

/** Runs what was planned, its output into the pipe at `output`. `sandbox`: bubblewrap, which tells when it stands. */
export async function launch(plan: Plan, output: string, sandbox: boolean): Promise<Launched> {
  const { told, closed } = ask({ plan, output, sandbox })
  const { pid, inside } = (await told.promise) as { pid: number; inside?: number }
  return { pid, closed: closed.promise, ...(inside !== undefined && { inside }) }
}

function ask(what: { make: string } | Omit<Extract<Ask, { plan: Plan }>, 'id'>): Waiting {
  const launcher = (current ??= open())
  const id = (asked += 1)
  const mine: Waiting = { told: Promise.withResolvers(), closed: Promise.withResolvers() }
  mine.closed.promise.catch(() => {}) // told to who asks for it
  launcher.waiting.set(id, mine)
  launcher.process.channel?.ref()
  launcher.process.send({ id, ...what } satisfies Ask, (error) => {
    if (error) lost(launcher, error.message)
  })
  return mine
}

function open(): Launcher {
  const program = join(import.meta.dirname, `launch-outside${extname(import.meta.filename)}`)
  const child = fork(program, [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: SYSTEM_PATH },
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const launcher: Launcher = { process: child, waiting: new Map() }
  beModest(child)
  // A server that has nothing else to do ends; and this with it.
  child.unref()
  child.channel?.unref()
  child.on('message', (message) => heard(launcher, message as Tell))
  child.once('error', (error) => lost(launcher, error.message))
  child.once('exit', (code, signal) => lost(launcher, `it ended with ${signal ?? code}`))
  return launcher
}

function heard({ process: { channel }, waiting }: Launcher, tell: Tell): void {
  const mine = waiting.get(tell.id)
  if (!mine) return
  if ('error' in tell) mine.told.reject(new RunnerError(tell.error))
  else if ('closed' in tell) mine.closed.resolve(tell.closed)
  else mine.told.resolve(tell)
  if ('pid' in tell) return
  waiting.delete(tell.id)
  if (waiting.size === 0) channel?.unref()
}

/** The next program gets another launcher. */
function lost(launcher: Launcher, why: string): void {
  if (current === launcher) current = undefined
  const error = new RunnerError(`the process that starts programs is lost: ${why}`)
  for (const { told, closed } of launcher.waiting.values()) {
    told.reject(error)
    closed.reject(error)
  }
  launcher.waiting.clear()
}
