import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { hostView, trustMounts } from '../fabric/trust.ts'
import { bootId, childrenOf, processInfo, signal } from '../runners/proc.ts'
import { feed } from '../runners/feed.ts'
import { FILTER_FD, STATUS_FD } from '../runners/sandbox.ts'
import { socketFilter } from '../runners/socket-filter.ts'
import type { ProgramPlace } from '../services/sallyport/start-program.ts'
import { connect } from './client.ts'
import type { Client } from './client.ts'
import { environmentFor, sandboxed } from './exec-sandbox.ts'
import { UsageError } from './failure.ts'

interface Options {
  subnet?: string
  /** A host on premises: `vpn-…:IP`, `vgw-…:IP`. */
  from?: string
  securityGroup: string[]
  role?: string
  profileInstance?: string
}

/** Runs a program inside a VPC. Its output, its errors and its exit code are its own; ours go to stderr before it starts. */
export async function exec(
  command: readonly string[],
  { subnet, from, securityGroup, role, profileInstance }: Options,
): Promise<number> {
  if ((subnet === undefined) === (from === undefined)) throw new UsageError('say where: either --subnet or --from')
  if (from !== undefined && (securityGroup.length > 0 || profileInstance !== undefined))
    throw new UsageError('--security-group and --profile-instance are of a VPC: a host on premises has neither')
  const client = connect()
  const place: ProgramPlace = await client.call('sallyport', 'StartProgram', {
    ...(subnet === undefined ? { HostOnPremises: from } : { SubnetId: subnet, SecurityGroupIds: securityGroup }),
    ...(role && { RoleArn: role }),
    ...(profileInstance && { InstanceId: profileInstance }),
    ProcessId: process.pid,
  })
  try {
    refuseIfElsewhere(place)
    return await (place.Notice === undefined ? run(command, place, client) : runPlainly(command, place, client))
  } finally {
    // Who may not delete interfaces need not: the place goes with this process.
    await client.call('sallyport', 'StopProgram', { NetworkInterfaceId: place.NetworkInterfaceId }).catch(() => {})
  }
}

/** A namespace can be entered on its own machine, and by its owner. */
function refuseIfElsewhere({ Keeper }: ProgramPlace): void {
  const { ProcessId, StartTime, BootId, UserId } = Keeper
  if (BootId !== bootId() || processInfo(ProcessId)?.startTime !== StartTime)
    throw new Error('the server runs on another machine, or in a container: run exec where it runs')
  if (process.getuid?.() !== UserId)
    throw new Error(
      `the VPC belongs to the server's user (uid ${UserId}), who alone may enter it: run exec as that user`,
    )
}

async function run(command: readonly string[], place: ProgramPlace, client: Client): Promise<number> {
  const trust = trustMounts({ certificate: place.Certificate }, place.TrustFolder, viewOf(command))
  const filter = socketFilter()
  const [tool = '', ...args] = sandboxed(
    {
      enter: place.Enter,
      hostName: place.HostName,
      mounts: [...place.Mounts.map(({ From, To }) => ({ from: From, to: To })), ...trust.mounts],
      hidden: place.Hidden,
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      cwd: process.cwd(),
      filter: filter && FILTER_FD,
    },
    command,
  )
  const env = environmentFor(process.env, client.region, { ...place.Environment, ...trust.env })
  // A session of its own: the terminal's signals come to us, and go on to the program and not to the sandbox around it.
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit', 'pipe', 'ignore']
  if (filter) stdio[FILTER_FD] = 'pipe'
  const child = spawn(tool, args, { stdio, env, detached: true })
  if (filter) feed(child, FILTER_FD, filter)
  const program = firstProcess(child)
  const stop = passSignals(program)
  const watch = endWithServer(place, child)
  try {
    return await codeOf(child)
  } finally {
    stop()
    clearInterval(watch)
  }
}

/** A program that is named by its path may bring bundles of its own (`…/venv/bin/python`), as if its folder were on the PATH. */
function viewOf([tool = '']: readonly string[]) {
  const view = hostView()
  if (!tool.includes('/')) return view
  return { ...view, env: { ...view.env, PATH: `${dirname(resolve(tool))}:${view.env?.['PATH'] ?? ''}` } }
}

/** Where no VPC is made, and the server was told that this will do: the place is all in the environment, and that is said. */
async function runPlainly(
  [tool = '', ...args]: readonly string[],
  place: ProgramPlace,
  client: Client,
): Promise<number> {
  process.stderr.write(`sallyport: ${place.Notice}\n`)
  const env = environmentFor(process.env, client.region, place.Environment)
  const child = spawn(tool, args, { stdio: 'inherit', env })
  const stop = passSignals(() => undefined, child)
  const watch = endWithServer(place, child)
  try {
    return await codeOf(child)
  } finally {
    stop()
    clearInterval(watch)
  }
}

function codeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)))
  })
}

/** Process 1 of the program's namespace, once bubblewrap has told. */
function firstProcess(child: ChildProcess): () => number | undefined {
  let text = ''
  ;(child.stdio[STATUS_FD] as Readable).on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  return () => {
    const pid = /"child-pid":\s*(\d+)\s*[,}]/.exec(text)?.[1]
    return pid === undefined ? undefined : Number(pid)
  }
}

const KEYBOARD = ['SIGINT', 'SIGQUIT'] as const
const OTHERS = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const

/**
 * What a terminal's keys send goes to all that the program started, as a terminal would; the rest to the program alone.
 * `plain`: a program in no sandbox, which the terminal's keys reach by themselves.
 */
function passSignals(first: () => number | undefined, plain?: ChildProcess): () => void {
  const handlers = [...KEYBOARD, ...OTHERS].map((name) => {
    const handler = () => {
      if (plain && !(KEYBOARD as readonly string[]).includes(name)) plain.kill(name)
      const init = first()
      if (init === undefined) return
      const all = (KEYBOARD as readonly string[]).includes(name) ? descendants(init) : children(init).slice(0, 1)
      for (const pid of all) signal(pid, name)
    }
    process.on(name, handler)
    return () => void process.off(name, handler)
  })
  return () => {
    for (const off of handlers) off()
  }
}

const children = (pid: number) => childrenOf(pid).map((info) => info.pid)
const descendants = (pid: number): number[] => children(pid).flatMap((one) => [one, ...descendants(one)])

const LOOK_MS = 250

/** Without its server a VPC is gone; a program that was left in it would wait for nothing. */
function endWithServer({ Keeper }: ProgramPlace, child: ChildProcess): NodeJS.Timeout {
  return setInterval(() => {
    if (processInfo(Keeper.ProcessId)?.startTime === Keeper.StartTime) return
    process.stderr.write('sallyport: the server is gone, and the VPC with it\n')
    child.kill('SIGKILL')
  }, LOOK_MS).unref()
}
