import { spawn } from 'node:child_process'
import type { StdioOptions } from 'node:child_process'
import { accessSync, closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { bubblewrapArguments } from './bubblewrap.ts'
import { missingLimits } from './cgroups.ts'
import { feed } from './feed.ts'
import type { Isolation, RunSpec } from './runner.ts'
import type { Owner } from './layers.ts'
import { ARGUMENTS_FD, FILTER_FD, STATUS_FD, SYSTEM_PATH } from './sandbox.ts'
import type { Layout } from './sandbox.ts'
import { socketFilter } from './socket-filter.ts'
import { stagePrefix } from './stage.ts'
import { unshareArguments } from './unshare.ts'

/** Nobody: programs of a server that is root become this user, who owns nothing else. */
export const NOBODY: Owner = { uid: 65534, gid: 65534 }

const isRoot = () => process.getuid?.() === 0

let probed: Promise<Isolation> | undefined

/** Tries, once, what this machine can do; each tool is believed only after it ran a program. */
export function probeIsolation(): Promise<Isolation> {
  probed ??= probe()
  return probed
}

async function probe(): Promise<Isolation> {
  const user = isRoot()
    ? (await tried('setpriv', [
        `--reuid=${NOBODY.uid}`,
        `--regid=${NOBODY.gid}`,
        '--clear-groups',
        '--',
        '/bin/true',
      ])) === undefined
    : false
  const bubblewrap = await tried('bwrap', bubblewrapArguments(trial, trialLayout))
  if (bubblewrap === undefined) return isolated('bubblewrap', user, [])
  const unshare = await triedUnshare(user)
  const lacksImages = 'Images with an operating system of their own cannot run: they need bubblewrap.'
  if (unshare === undefined)
    return isolated('unshare', user, [`bubblewrap does not work here: ${bubblewrap}.`, lacksImages, openFamilies])
  return {
    tool: 'none',
    isolates: { filesystem: false, processes: false, network: false, user: false },
    missing: [
      `No sandbox works here (bubblewrap: ${bubblewrap}; unshare: ${unshare}).`,
      'Programs run as plain processes of the server’s own user: they read and write what the server can, its data folder included.',
      'Nothing is mounted at /opt/ml: programs are told the folder in SAGEMAKER_BASE_DIR.',
      'Processes that a program puts into a session of their own outlive it.',
      'The network cannot be cut off: jobs with network isolation are refused.',
      lacksImages,
      ...missingLimits(),
      SHARED_DISK,
    ],
  }
}

function isolated(tool: 'bubblewrap' | 'unshare', user: boolean, missing: string[]): Isolation {
  const who = isRoot()
    ? 'Programs run as root (without capabilities), as there is no setpriv: they may read what root owns, but for what is hidden.'
    : `Programs run as the server’s own user (uid ${process.getuid?.()}): they may read what that user may, but for what is hidden.`
  return {
    tool,
    isolates: { filesystem: true, processes: true, network: true, user },
    missing: [...missing, ...(user ? [] : [who]), ...missingLimits(), SHARED_DISK],
  }
}

const openFamilies =
  'Sockets that no network namespace holds (AF_VSOCK, to the host of a virtual machine) stay open: only bubblewrap closes them.'

export const SHARED_DISK =
  'The disk is shared with the host: a program that fills its volume is ended, but not told that there is no space left.'

/** A run of nothing on the host's root. */
const trial: RunSpec = {
  name: 'probe',
  image: { config: { WorkingDir: '/' }, directory: '/', rootfs: 'host' },
  entrypoint: ['/bin/true'],
  arguments: [],
  ml: '/',
  env: {},
  network: 'none',
  hide: [],
  records: '/',
}
const trialLayout: Layout = [
  { kind: 'root', from: '/', writable: false },
  { kind: 'empty', to: '/tmp' },
]

async function triedUnshare(user: boolean): Promise<string | undefined> {
  const stage = mkdtempSync(stagePrefix(tmpdir()))
  try {
    return await tried('unshare', unshareArguments(trial, trialLayout, stage, user ? NOBODY : undefined))
  } finally {
    rmSync(stage, { recursive: true })
  }
}

/** Undefined when it works, else why not. */
async function tried(tool: string, args: string[]): Promise<string | undefined> {
  const path = toolPath(tool)
  if (path === undefined) return 'not installed'
  return new Promise((resolve) => {
    const nothing = openSync('/dev/null', 'r+')
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe']
    stdio[STATUS_FD] = stdio[ARGUMENTS_FD] = nothing
    stdio[FILTER_FD] = 'pipe'
    const child = spawn(path, args, { stdio, env: { PATH: SYSTEM_PATH }, timeout: 10_000 })
    closeSync(nothing)
    feed(child, FILTER_FD, socketFilter() ?? '')
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? undefined : said.trim().split('\n')[0] || `exit code ${code}`))
  })
}

/** Where a tool lies; the folders of system tools count, whatever PATH says. */
export function toolPath(tool: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, tool))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
