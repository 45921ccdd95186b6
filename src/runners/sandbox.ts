import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Owner } from './layers.ts'
import type { Mount, PreparedImage, RunSpec } from './runner.ts'
import { listeningSockets } from './unix-sockets.ts'

/** What the program's file system is made of, in the order in which it is put together. */
export type Layout = readonly (
  | { kind: 'root'; from: string; writable: boolean }
  | { kind: 'bind'; from: string; to: string; writable: boolean }
  | { kind: 'empty'; to: string }
  | { kind: 'seal'; to: string }
)[]

/** File descriptor on which bubblewrap tells the process id of what it started. */
export const STATUS_FD = 3
/** File descriptor from which a sandbox reads the program's environment. */
export const ARGUMENTS_FD = 4
/** File descriptor from which bubblewrap reads which system calls the program may make. */
export const FILTER_FD = 5

export const PROGRAM = '/opt/program'
export const ML = '/opt/ml'

/**
 * The file system that a program sees. On the host's root: everything read-only, but for fresh /tmp, /run and home
 * folders, and an /opt in which the program and its /opt/ml stand beside what the host has there.
 * On an image's own root: that, with /opt/ml.
 */
export function layoutOf(spec: Pick<RunSpec, 'image' | 'ml' | 'hide' | 'mounts' | 'network'>, owner?: Owner): Layout {
  const own: Layout = [{ kind: 'bind', from: spec.ml, to: ML, writable: true }, ...(spec.mounts ?? []).map(bind)]
  if (spec.image.rootfs === 'image')
    return [
      { kind: 'root', from: spec.image.directory, writable: true },
      ...nameFiles(spec).map((file) => ({ kind: 'bind' as const, from: file, to: file, writable: false })),
      ...own,
    ]
  return [
    { kind: 'root', from: '/', writable: false },
    { kind: 'empty', to: '/opt' },
    ...hostOpt().map((path) => ({ kind: 'bind' as const, from: path, to: path, writable: false })),
    ...hiddenFolders(spec.hide).map((to) => ({ kind: 'empty' as const, to })),
    ...socketsBeside(spec.hide, owner).map((to) => ({ kind: 'bind' as const, from: '/dev/null', to, writable: false })),
    ...resolvConf(spec),
    { kind: 'bind', from: programOf(spec.image), to: PROGRAM, writable: false },
    ...own,
    { kind: 'seal', to: '/opt' },
  ]
}

/** Where an image's own files lie on this machine. */
export const programOf = (image: PreparedImage) => join(image.directory, PROGRAM)

const bind = ({ from, to, writable = false }: Mount) => ({ kind: 'bind' as const, from, to, writable })

/**
 * Sockets and other people's files that a read-only root would still show: homes, /run with docker.sock, the temporary
 * folders, and what the caller adds. Folders within folders are named once.
 */
export function hiddenFolders(hide: readonly string[]): string[] {
  const all = ['/tmp', '/var/tmp', '/run', '/root', '/home', homedir(), tmpdir(), ...hide]
  const real = [...new Set(all.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
  return real
    .filter((path) => path !== '/' && !real.some((other) => other !== path && path.startsWith(`${other}/`)))
    .toSorted()
}

/** Sockets of others, in folders that are not hidden. Where `owner` cannot go nothing could be mounted, nor is there need. */
function socketsBeside(hide: readonly string[], owner: Owner | undefined): string[] {
  const hidden = hiddenFolders(hide)
  const own = ['/dev', '/proc', ...hidden]
  return listeningSockets()
    .map((path) => realpathSync(path))
    .filter((path) => !own.some((folder) => path.startsWith(`${folder}/`)))
    .filter((path) => owner === undefined || isOpenToAll(dirname(path)))
}

function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false
  return folder === '/' || isOpenToAll(dirname(folder))
}

/** What the host keeps in /opt beside our two. */
function hostOpt(): string[] {
  if (!existsSync('/opt')) return []
  return readdirSync('/opt')
    .map((name) => join('/opt', name))
    .filter((path) => path !== PROGRAM && path !== ML && existsSync(path))
}

/** resolv.conf is often a link into /run, which is hidden. */
function resolvConf({ network, mounts = [] }: Pick<RunSpec, 'network' | 'mounts'>): Layout {
  const path = '/etc/resolv.conf'
  if (network === 'none' || !existsSync(path) || mounts.some(({ to }) => to === path)) return []
  const real = realpathSync(path)
  return real.startsWith('/run/') ? [{ kind: 'bind', from: real, to: real, writable: false }] : []
}

/** Files of the host by which an image's own root learns names. */
function nameFiles({ network, mounts = [] }: Pick<RunSpec, 'network' | 'mounts'>): string[] {
  if (network === 'none') return []
  return ['/etc/resolv.conf', '/etc/hosts'].filter((path) => existsSync(path) && !mounts.some(({ to }) => to === path))
}

/** What is run: the image's entrypoint, or the request's instead of it, and SageMaker's argument. */
export function commandOf({
  image,
  entrypoint,
  arguments: more,
}: Pick<RunSpec, 'image' | 'entrypoint' | 'arguments'>): string[] {
  return [...(entrypoint?.length ? entrypoint : (image.config.Entrypoint ?? [])), ...more]
}

export function workingDirectoryOf(image: PreparedImage): string {
  return resolve('/', image.config.WorkingDir || (image.rootfs === 'host' ? PROGRAM : '/'))
}

/** Docker's own default. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The program's whole environment: nothing of the server's own comes in. */
export function environmentOf({
  image,
  env,
  hostname,
}: Pick<RunSpec, 'image' | 'env' | 'hostname'>): Record<string, string> {
  const own = (image.config.Env ?? []).map((entry): [string, string] => {
    const equals = entry.indexOf('=')
    return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)]
  })
  return { PATH: SYSTEM_PATH, HOME: '/root', HOSTNAME: hostname ?? HOSTNAME, ...Object.fromEntries(own), ...env }
}

/** SageMaker's name for the first instance of a job. */
export const HOSTNAME = 'algo-1'

/** A command's fixed words. */
export const words = (text: string) => text.split(' ')
