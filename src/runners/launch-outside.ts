/**
 * The program of the launcher (launcher.ts), a small process beside the server: it starts what jobs run, and tells of it.
 * What it started outlives it only where no sandbox ends with its parent; the records are for those.
 */
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { closeSync, constants, openSync, unlinkSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { feed } from './feed.ts'
import type { Ask, Closed, Tell } from './launcher.ts'
import { toolPath } from './isolation.ts'
import type { Plan } from './plan.ts'
import { ARGUMENTS_FD, FILTER_FD, STATUS_FD } from './sandbox.ts'

const tell = (told: Tell) => void process.send?.(told)

process.on('disconnect', () => process.exit())
// Ctrl-C is for the server, which ends us when it is ready to.
process.on('SIGINT', () => {})
process.on('message', (message) => {
  const ask = message as Ask
  const { id } = ask
  const failed = (error: unknown) => tell({ id, error: (error as Error).message })
  if ('make' in ask) makePipe(ask.make).then(() => tell({ id }), failed)
  else run(ask).catch(failed)
})

async function makePipe(path: string): Promise<void> {
  await promisify(execFile)(toolPath('mkfifo') ?? 'mkfifo', ['-m', '666', path])
}

/** Tells of the start, then of the end. */
async function run({ id, plan, output, sandbox }: Extract<Ask, { plan: Plan }>): Promise<void> {
  const child = start(plan, output)
  const exit = new Promise<Closed>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const inside = sandbox ? await childPid(child.stdio[STATUS_FD] as Readable, exit) : undefined
  tell({ id, pid: child.pid!, ...(inside !== undefined && { inside }) })
  tell({ id, closed: await exit })
}

function start({ command: [tool = '', ...args], env, cwd, arguments: rest, filter }: Plan, path: string): ChildProcess {
  const output = openSync(path, constants.O_WRONLY)
  try {
    unlinkSync(path)
    const stdio: StdioOptions = ['ignore', output, output]
    stdio[STATUS_FD] = 'pipe'
    stdio[ARGUMENTS_FD] = 'pipe'
    if (filter) stdio[FILTER_FD] = 'pipe'
    // A group of its own, so that there is something to kill where no namespace is.
    const child = spawn(tool, args, { stdio, env, detached: true, ...(cwd !== undefined && { cwd }) })
    feed(child, ARGUMENTS_FD, rest)
    if (filter) feed(child, FILTER_FD, filter)
    return child
  } finally {
    closeSync(output)
  }
}

/** bubblewrap writes `{ "child-pid": N, … }` once its sandbox stands. Undefined: it failed before. */
async function childPid(status: Readable, exit: Promise<Closed>): Promise<number | undefined> {
  let text = ''
  const told = new Promise<number | undefined>((resolve) => {
    status.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const pid = /"child-pid":\s*(\d+)\s*[,}]/.exec(text)?.[1]
      if (pid !== undefined) resolve(Number(pid))
    })
    status.once('end', () => resolve(undefined))
  })
  return Promise.race([told, exit.then(() => told)])
}
