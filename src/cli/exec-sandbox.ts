import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Mount } from '../runners/runner.ts'
import { toolPath } from '../runners/isolation.ts'
import { STATUS_FD, words } from '../runners/sandbox.ts'
import { listeningSockets } from '../runners/unix-sockets.ts'

/** What `exec` has to know to put a program into its place. */
export interface Placed {
  enter: readonly string[]
  hostName: string
  mounts: readonly Mount[]
  /** Folders that it must not see. */
  hidden: readonly string[]
  uid: number
  gid: number
  cwd: string
  /** Descriptor from which the sandbox reads which system calls the program may make (runners/socket-filter.ts). */
  filter?: number | undefined
}

/**
 * The command that runs a program as the caller's own user on the caller's own files, yet in another place of the network:
 * without rights, so that it cannot change its addresses; seeing only its own processes, or it could take on one that is
 * not in the VPC; and without the sockets by which the machine's own services would look things up for it.
 */
export function sandboxed(placed: Placed, command: readonly string[]): string[] {
  const bwrap = toolPath('bwrap')
  if (bwrap === undefined) throw new Error('bubblewrap is not installed: apt install bubblewrap')
  return [
    ...placed.enter,
    bwrap,
    ...words('--die-with-parent --unshare-user --uid'),
    String(placed.uid),
    '--gid',
    String(placed.gid),
    ...words('--unshare-pid --unshare-ipc --unshare-cgroup-try --unshare-uts --hostname'),
    placed.hostName,
    ...words('--cap-drop ALL --bind / / --dev /dev --proc /proc'),
    ...hiddenFolders(placed.hidden).flatMap((path) => ['--tmpfs', path]),
    ...socketsElsewhere().flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...placed.mounts.flatMap(({ from, to }) => ['--ro-bind', from, real(to)]),
    '--chdir',
    placed.cwd,
    ...(placed.filter === undefined ? [] : ['--seccomp', String(placed.filter)]),
    ...words(`--json-status-fd ${STATUS_FD} --`),
    ...command,
  ]
}

/** The machine's run-time sockets, the caller's AWS settings, and what the server keeps to itself. */
function hiddenFolders(hidden: readonly string[]): string[] {
  const all = ['/run', '/var/run', join(homedir(), '.aws'), ...hidden]
  return [...new Set(all.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
}

/** A file may be a link into a folder that is hidden; it is put where the link leads. */
function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}

/** Those that no hidden folder holds. */
const socketsElsewhere = () => listeningSockets().filter((path) => !/^\/(var\/)?run\//.test(path))

const PROXIES = /^(?:https?|all|no|ftp)_proxy$/i

/** The caller's environment without AWS's variables and proxies; then the Region and what the place brings. */
export function environmentFor(
  caller: Readonly<Record<string, string | undefined>>,
  region: string,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(caller).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !pair[0].startsWith('AWS_') && !PROXIES.test(pair[0]),
  )
  return { ...Object.fromEntries(kept), AWS_REGION: region, AWS_DEFAULT_REGION: region, ...more }
}
