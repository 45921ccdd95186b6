import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { HostConfig, MountSettings } from 'dockerode'
import type { Layout } from '../sandbox.ts'
import type { EngineName } from './engine.ts'

export type Mounts = Required<Pick<HostConfig, 'Mounts' | 'Tmpfs'>>

/** The folders right below the machine's `/`, and the links there: `bin -> usr/bin`. */
export interface HostRoot {
  folders: string[]
  links: { name: string; target: string }[]
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
  }
}

/**
 * A layout (sandbox.ts) as an engine mounts it. On the machine's root its folders are mounted one by one, read-only, onto an
 * image that has nothing but their names: no container may have something at `/` itself. What is sealed afterwards needs no
 * file system of its own, for that image is read-only. Engines mount in the order of depth.
 */
export function mountsOf(layout: Layout, engine: EngineName, root: HostRoot): Mounts {
  const sealed = new Set(layout.flatMap((step) => (step.kind === 'seal' ? [step.to] : [])))
  const empty = layout.flatMap((step) => (step.kind === 'empty' && !sealed.has(step.to) ? [step.to] : []))
  const binds = layout.flatMap((step): MountSettings[] => {
    if (step.kind === 'bind') return [bind(step.from, step.to, step.writable)]
    if (step.kind !== 'root' || step.from !== '/') return []
    return root.folders
      .filter((name) => !OWN.includes(name) && !sealed.has(`/${name}`) && !empty.includes(`/${name}`))
      .map((name) => ({ ...bind(`/${name}`, `/${name}`, false), BindOptions: { ...PRIVATE, NonRecursive: true } }))
  })
  // The last of several for one place hides the others.
  const last = new Map(binds.map((one) => [one.Target, one]))
  return { Mounts: [...last.values()], Tmpfs: Object.fromEntries(empty.map((to) => [to, tmpfsOptions(engine)])) }
}

const PRIVATE = { Propagation: 'rprivate' } as const

const bind = (from: string, to: string, writable: boolean): MountSettings => ({
  Type: 'bind',
  Source: from,
  Target: to,
  ReadOnly: !writable,
  BindOptions: PRIVATE,
})

/** Podman would copy in what the folder has. */
const tmpfsOptions = (engine: EngineName) => `rw,exec,mode=1777${engine === 'podman' ? ',notmpcopyup' : ''}`
