/** The default runner: a job's program as a process of this machine, in the best sandbox that works here. */
import { statSync } from 'node:fs'
import { chmod, lchown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { limitRun } from './cgroups.ts'
import { NOBODY, probeIsolation } from './isolation.ts'
import { resolveInside, unpackLayers } from './layers.ts'
import type { Owner } from './layers.ts'
import { launch, outputPipe } from './launcher.ts'
import type { Closed, Launched } from './launcher.ts'
import { linesOf } from './lines.ts'
import { planRun } from './plan.ts'
import { childrenOf, processInfo, signal } from './proc.ts'
import { reapRuns, recordRun } from './records.ts'
import { HOST_ROOTFS_LABEL, RunnerError } from './runner.ts'
import type { Exit, Image, Isolation, PreparedImage, Runner, Running, RunSpec } from './runner.ts'
import { ML, PROGRAM, commandOf } from './sandbox.ts'
import { removeStage, stagePrefix } from './stage.ts'

type Tool = Isolation['tool']

/** A runner that believes `isolation`: tests run the lesser sandboxes too. */
export function runnerWith(isolation: () => Promise<Isolation>): Runner {
  return {
    isolation,
    prepare: async (image, directory) => prepare(image, directory, ownerFor(await isolation())),
    start: async (spec) => {
      const found = await isolation()
      return start(spec, found.tool, ownerFor(found))
    },
    async reap(records) {
      const { killed, stages } = reapRuns(records)
      for (const stage of stages) await removeStage(stage)
      return killed
    },
  }
}

export const processRunner: Runner = runnerWith(probeIsolation)

/** Whom programs become: only a root server can make them somebody else. */
function ownerFor({ isolates }: Isolation): Owner | undefined {
  return isolates.user ? NOBODY : undefined
}

async function prepare(image: Image, directory: string, owner: Owner | undefined): Promise<PreparedImage> {
  const config = image.config.config ?? {}
  const rootfs = config.Labels?.[HOST_ROOTFS_LABEL] === 'host' ? 'host' : 'image'
  await mkdir(directory, { recursive: true })
  if (owner) await lchown(directory, owner.uid, owner.gid)
  await unpackLayers(image, directory, owner)
  for (const path of rootfs === 'host' ? [PROGRAM] : ['/proc', '/dev', '/tmp', '/etc', ML])
    await makeMountPoint(directory, path, owner)
  if (rootfs === 'image') {
    await replaceFile(join(directory, 'etc/hosts'), '127.0.0.1\tlocalhost\n::1\tlocalhost\n')
    await replaceFile(join(directory, 'etc/resolv.conf'), '')
  }
  return { config, directory, rootfs }
}

/** Where something will be mounted must be a real folder, never a link that an image put there. */
async function makeMountPoint(root: string, path: string, owner: Owner | undefined): Promise<void> {
  const real = await resolveInside(root, path.split('/').filter(Boolean), owner)
  if (real !== join(root, path)) throw new RunnerError(`the image has a symbolic link on the way to ${path}`)
}

async function replaceFile(path: string, text: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await writeFile(path, text, { flag: 'wx', mode: 0o644 })
}

/** A program that runs as somebody else cannot enter a TMPDIR that is its owner's alone. */
function stageParent(owner: Owner | undefined): string {
  const chosen = tmpdir()
  return owner && (statSync(chosen).mode & 0o001) === 0 ? '/tmp' : chosen
}

async function start(spec: RunSpec, tool: Tool, owner: Owner | undefined): Promise<Running> {
  if (commandOf(spec)[0] === undefined) throw new RunnerError('the image has no entrypoint')
  const stage = await mkdtemp(stagePrefix(stageParent(owner)))
  try {
    await chmod(stage, 0o755)
    const limited = limitRun(spec.limits)
    try {
      const plan = await planRun({ ...spec, limits: limited.rest }, tool, stage, owner)
      plan.command = limited.command(plan.command)
      if (owner) await give(spec.ml, owner)
      const path = join(stage, 'output')
      const read = await outputPipe(path)
      try {
        const running = await watch(await launch(plan, path, tool === 'bubblewrap'), spec, tool, read, stage)
        running.exit.finally(() => void limited.close()).catch(() => {}) // told to who waits for it
        return running
      } catch (error) {
        read.destroy()
        throw error
      }
    } catch (error) {
      await limited.close()
      throw error
    }
  } catch (error) {
    await removeStage(stage)
    throw error
  }
}

async function watch(
  { pid, inside: told, closed }: Launched,
  spec: RunSpec,
  tool: Tool,
  output: Socket,
  stage: string,
): Promise<Running> {
  if (tool === 'bubblewrap' && told === undefined) throw new RunnerError(await failureText(output))
  /** Process 1 of the program's namespace, where it has one; unshare does not tell, but has no other child. */
  const init = () => told ?? (tool === 'unshare' ? childrenOf(pid)[0]?.pid : undefined)
  let ending = told
  const forget = recordRun(spec.records, spec.name, told === undefined ? [pid] : [pid, told], stage)

  const killAll = () => {
    ending = init()
    // bubblewrap then ends by itself and says so; unshare would print an error of its own.
    signal(told ?? -pid, 'SIGKILL')
  }
  /** Nobody knows any more how it goes. */
  const killAndThrow = (error: unknown) => {
    killAll()
    throw error
  }

  const exit = (async () => {
    const result = exitOf(await closed.catch(killAndThrow))
    if (ending !== undefined) await gone(ending)
    signal(-pid, 'SIGKILL')
    forget()
    await removeStage(stage)
    return result
  })()
  exit.catch(() => {})

  const program = () => (tool === 'none' ? pid : childrenOf(init() ?? pid)[0]?.pid)
  return { pid, output: linesOf(output, Date.now), exit, stop: (grace) => stop(grace, exit, program, killAll) }
}

async function failureText(output: Socket): Promise<string> {
  const lines: string[] = []
  for await (const { text } of linesOf(output, Date.now)) lines.push(text)
  return `the sandbox could not be made: ${lines.join('; ')}`
}

/** Waits for a namespace to end: its process 1 goes last. */
async function gone(init: number): Promise<void> {
  const started = processInfo(init)?.startTime
  if (started === undefined) return
  signal(init, 'SIGKILL')
  while (processInfo(init)?.startTime === started) await delay(2)
}

async function stop(
  graceSeconds: number,
  exit: Promise<Exit>,
  program: () => number | undefined,
  killAll: () => void,
): Promise<Exit> {
  // The oldest child of process 1 is the program itself; signalled around it, the sandbox would not pass it on.
  const target = program()
  if (target === undefined) killAll()
  else signal(target, 'SIGTERM')
  const timer = setTimeout(killAll, graceSeconds * 1000)
  try {
    return await exit
  } finally {
    clearTimeout(timer)
  }
}

/** Sandboxes tell of a signal as shells do, by 128 + n. */
export function exitOf({ code, signal: name }: Closed): Exit {
  const { signals } = constants
  const number = code ?? 128 + (name ? signals[name] : 0)
  const signalled = (Object.keys(signals) as NodeJS.Signals[]).find((key) => signals[key] === number - 128)
  return signalled === undefined ? { code: number } : { code: number, signal: signalled }
}

/** Hands a job's folder to the user that its program becomes; links are handed over, not followed. */
export async function give(path: string, owner: Owner): Promise<void> {
  await lchown(path, owner.uid, owner.gid)
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  for (const entry of entries) await lchown(join(entry.parentPath, entry.name), owner.uid, owner.gid)
}
