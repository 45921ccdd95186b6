/**
 * Limits for a program and all that it starts together, by control groups (cgroups(7)): of version 2, of version 1, or of both at
 * once, wherever this server may make groups.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Limits } from './runner.ts'

export type Controller = 'memory' | 'cpu' | 'pids'

/** Where groups of a controller can be made. */
export interface Place {
  version: 1 | 2
  folder: string
}

export type Places = Partial<Record<Controller, Place>>

const CONTROLLERS: readonly Controller[] = ['memory', 'cpu', 'pids']

/** Files of a group in which these limits are written, in that order. Those that a kernel may lack may fail. */
export function limitFiles(version: 1 | 2, controller: Controller, limits: Limits) {
  const file = (name: string, value: string | number, may = false) => ({ name, value: String(value), may })
  const { memoryBytes, cpus, processes } = limits
  if (controller === 'memory' && memoryBytes !== undefined)
    return version === 2
      ? [file('memory.max', memoryBytes), file('memory.swap.max', 0, true)]
      : [file('memory.limit_in_bytes', memoryBytes), file('memory.memsw.limit_in_bytes', memoryBytes, true)]
  if (controller === 'cpu' && cpus !== undefined) {
    const quota = Math.max(1000, Math.round(cpus * PERIOD_US))
    return version === 2
      ? [file('cpu.max', `${quota} ${PERIOD_US}`)]
      : [file('cpu.cfs_period_us', PERIOD_US), file('cpu.cfs_quota_us', quota)]
  }
  return controller === 'pids' && processes !== undefined ? [file('pids.max', processes)] : []
}

const PERIOD_US = 100_000

/** The groups that this process is in, by controller, as folders: of /proc/self/cgroup and /proc/self/mountinfo. */
export function ownGroups(groups: string, mountinfo: string): Places & { unified?: string } {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root = '', at = ''] = before.split(' ')
    const [type, , options = ''] = after.split(' ')
    return type === 'cgroup' || type === 'cgroup2' ? [{ type, root, at, options: options.split(',') }] : []
  })
  const found: Places & { unified?: string } = {}
  for (const line of groups.split('\n')) {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === '') continue
    const controllers = names.split(',')
    const mount = mounts.find(({ type, options }) =>
      names === '' ? type === 'cgroup2' : type === 'cgroup' && controllers.some((one) => options.includes(one)),
    )
    if (!mount) continue
    const below = mount.root !== '/' && path.startsWith(mount.root) ? path.slice(mount.root.length) : path
    const folder = resolve(join(mount.at, below))
    if (names === '') found.unified = folder
    for (const one of CONTROLLERS) if (controllers.includes(one)) found[one] = { version: 1, folder }
  }
  return found
}

let probed: Places | undefined

/** Tried once: where groups can be made here. */
export function probeCgroups(): Places {
  return (probed ??= probe())
}

function probe(): Places {
  const { unified, ...first } = ownGroups(read('/proc/self/cgroup'), read('/proc/self/mountinfo'))
  const found: Places = {}
  for (const controller of CONTROLLERS) {
    const candidates = first[controller]
      ? [() => first[controller]]
      : unified === undefined
        ? []
        : unifiedPlaces(unified)
    for (const candidate of candidates) {
      const place = candidate(controller)
      if (!place || !canMake(place, controller)) continue
      found[controller] = place
      break
    }
  }
  for (const folder of new Set(Object.values(found).map((place) => place.folder))) removeLeftovers(folder)
  return found
}

/**
 * In version 2 a group that divides a controller has no processes of its own: so groups stand at the top where that may be
 * written, and else below the server's own, if that was delegated to it: the server then goes into a group beside them.
 */
function unifiedPlaces(own: string): ((controller: Controller) => Place | undefined)[] {
  return [
    (controller) => {
      const top = unifiedTop(own)
      return top !== undefined && divides(top, controller) ? { version: 2, folder: top } : undefined
    },
    (controller) => {
      if (!read(join(own, 'cgroup.controllers')).split(/\s+/).includes(controller)) return undefined
      try {
        if (!divides(own, controller)) {
          const leaf = join(own, 'sallyport-server')
          mkdirSync(leaf, { recursive: true })
          for (const pid of read(join(own, 'cgroup.procs')).split('\n').filter(Boolean))
            writeFileSync(join(leaf, 'cgroup.procs'), pid)
          writeFileSync(join(own, 'cgroup.subtree_control'), `+${controller}`)
        }
        return { version: 2, folder: own }
      } catch {
        return undefined // not ours to divide
      }
    },
  ]
}

/** The highest group that we see: of the machine, or of the container that the server is in. */
function unifiedTop(own: string): string | undefined {
  let folder = own
  while (existsSync(join(folder, '..', 'cgroup.controllers'))) folder = join(folder, '..')
  return existsSync(join(folder, 'cgroup.controllers')) ? folder : undefined
}

const divides = (folder: string, controller: Controller) =>
  read(join(folder, 'cgroup.subtree_control')).split(/\s+/).includes(controller)

const PREFIX = 'sallyport-'
let made = 0

function canMake(place: Place, controller: Controller): boolean {
  try {
    const trial: Limits = { memoryBytes: 2 ** 30, cpus: 1, processes: 100 }
    removeGroup(makeGroup(place, controller, trial, `${PREFIX}${process.pid}-trial`))
    return true
  } catch {
    return false
  }
}

function makeGroup({ version, folder }: Place, controller: Controller, limits: Limits, name: string): string {
  const group = join(folder, name)
  mkdirSync(group, { recursive: true })
  for (const { name: file, value, may } of limitFiles(version, controller, limits)) {
    try {
      writeFileSync(join(group, file), value)
    } catch (error) {
      if (!may) throw error
    }
  }
  return group
}

function removeGroup(group: string): boolean {
  try {
    rmdirSync(group)
    return true
  } catch (error) {
    return isGone(error)
  }
}

const isGone = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Groups of servers that are gone; those that still have processes stay. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeGroup(join(folder, name))
  }
}

export interface Limited {
  /** The limits that no group keeps. */
  rest: Limits
  /** The command that runs `command` within the limits. */
  command(command: readonly string[]): string[]
  /** Once all processes are gone. */
  close(): Promise<void>
}

const ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"'

/** Makes the groups of a run; what has no limit needs none. */
export function limitRun(limits: Limits = {}): Limited {
  const places = probeCgroups()
  const { memoryBytes, cpus, processes, ...others } = limits
  const wanted = { memory: memoryBytes, cpu: cpus, pids: processes }
  const kept = CONTROLLERS.filter((one) => wanted[one] !== undefined && places[one])
  made += 1
  const name = `${PREFIX}${process.pid}-${made}`
  const groups = [...new Set(kept.map((one) => makeGroup(places[one]!, one, limits, name)))]
  return {
    rest: {
      ...others,
      ...(!kept.includes('memory') && memoryBytes !== undefined && { memoryBytes }),
      ...(!kept.includes('pids') && processes !== undefined && { processes }),
    },
    command: (command) =>
      groups.length === 0
        ? [...command]
        : ['/bin/sh', '-c', ENTER, 'limits', ...groups.map((group) => join(group, 'cgroup.procs')), '--', ...command],
    async close() {
      // The last process may still be on its way out.
      for (const group of groups)
        for (let tries = 0; !(await rmdir(group).then(() => true, isGone)) && tries < 100; tries++) await delay(10)
    },
  }
}

/** One sentence for each limit that cannot be kept here. */
export function missingLimits(places: Places = probeCgroups()): string[] {
  const why = 'control groups cannot be made here'
  return [
    ...(places.memory ? [] : [`Memory is limited for each process only, not for all of a program: ${why}.`]),
    ...(places.cpu ? [] : [`Processors are shared with the host without a limit: ${why}.`]),
  ]
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
