import { accessSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HostConfig, MountSettings } from 'dockerode'
import type { Layout } from '../sandbox.ts'
import type { Engine } from './engine.ts'

export type Mounts = Required<Pick<HostConfig, 'Mounts' | 'Tmpfs'>>

/** The folders right below the machine's `/`, and the links there: `bin -> usr/bin`. */
export interface HostRoot {
  folders: string[]
  links: { name: string; target: string }[]
  /** File systems that are mounted further below, and that we can reach. */
  mounts: string[]
}

/** What a container has of its own. */
const OWN = ['proc', 'sys', 'dev']

export function hostRoot(root = '/'): HostRoot {
  const entries = readdirSync(root).toSorted()
  const kind = (name: string) => lstatSync(join(root, name), { throwIfNoEntry: false })
  return {
    folders: entries.filter((name) => kind(name)?.isDirectory()),
    links: entries
      .filter((name) => kind(name)?.isSymbolicLink())
      .map((name) => ({ name, target: readlinkSync(join(root, name)) })),
    mounts: root === '/' ? mountPoints().filter((path) => path.lastIndexOf('/') > 0 && isReached(path)) : [],
  }
}

/** Of /proc/self/mountinfo (proc(5)), where special characters are octal. */
function mountPoints(): string[] {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    const paths = lines.flatMap((line) => line.split(' ')[4] ?? [])
    return paths.map((path) => path.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))))
  } catch {
    return [] // not Linux
  }
}

function isReached(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

/**
 * A layout (sandbox.ts) as an engine mounts it. On the machine's root its folders are mounted one by one, read-only, onto an
 * image that has nothing but their names: no container may have something at `/` itself. What is sealed afterwards needs no
 * file system of its own, for that image is read-only. Engines mount in the order of depth.
 */
export function mountsOf(layout: Layout, engine: Pick<Engine, 'name' | 'rootless'>, root: HostRoot): Mounts {
  const sealed = new Set(layout.flatMap((step) => (step.kind === 'seal' ? [step.to] : [])))
  const empty = layout.flatMap((step) => (step.kind === 'empty' && !sealed.has(step.to) ? [step.to] : []))
  const binds = layout.flatMap((step): MountSettings[] => {
    if (step.kind === 'bind') return [bind(step.from, step.to, step.writable)]
    if (step.kind !== 'root' || step.from !== '/') return []
    const folders = root.folders
      .filter((name) => !OWN.includes(name))
      .map((name) => `/${name}`)
      .filter((path) => !sealed.has(path) && !empty.includes(path))
    if (!engine.rootless) return folders.map((path) => ({ ...bind(path, path, false), BindOptions: ALONE }))
    // In a user namespace no mount may be taken without those below it, and read-only would be said of it alone.
    const below = root.mounts.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
    const seen = below.filter((path) => !empty.some((folder) => `${path}/`.startsWith(`${folder}/`)))
    return [...folders, ...seen].map((path) => bind(path, path, false))
  })
  // The last of several for one place hides the others.
  const last = new Map(binds.map((one) => [one.Target, one]))
  return { Mounts: [...last.values()], Tmpfs: Object.fromEntries(empty.map((to) => [to, tmpfsOptions(engine.name)])) }
}

/** Podman takes a word about propagation for one against what is mounted below; each has the private one unasked. */
const ALONE = { NonRecursive: true } as unknown as NonNullable<MountSettings['BindOptions']>

const bind = (from: string, to: string, writable: boolean): MountSettings => ({
  Type: 'bind',
  Source: from,
  Target: to,
  ReadOnly: !writable,
})

/** Podman would copy in what the folder has. */
const tmpfsOptions = (engine: Engine['name']) => `rw,exec,mode=1777${engine === 'podman' ? ',notmpcopyup' : ''}`
