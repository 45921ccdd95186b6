import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bubblewrapArguments, environmentArguments } from './bubblewrap.ts'
import { toolPath } from './isolation.ts'
import type { Owner } from './layers.ts'
import { RunnerError } from './runner.ts'
import type { Isolation, Limits, RunSpec } from './runner.ts'
import { SYSTEM_PATH, commandOf, environmentOf, layoutOf, words, workingDirectoryOf } from './sandbox.ts'
import type { Layout } from './sandbox.ts'
import { socketFilter } from './socket-filter.ts'
import { shellEnvironment, unshareArguments } from './unshare.ts'

/** What to start, and how the program's environment reaches it. */
export interface Plan {
  command: string[]
  /** The environment of the tools around the program; without a sandbox, the program's own. */
  env: Record<string, string>
  cwd?: string
  /** Written to ARGUMENTS_FD. */
  arguments: string
  /** Written to FILTER_FD. */
  filter?: Uint8Array | undefined
}

/**
 * The command that runs a program in the sandbox that works here. `stage` is an empty folder that everyone can reach,
 * `owner` whom the program becomes. Throws RunnerError where a promise of the spec could not be kept.
 */
export async function planRun(spec: RunSpec, tool: Isolation['tool'], stage: string, owner?: Owner): Promise<Plan> {
  if (tool === 'bubblewrap') return inBubblewrap(spec, stage, owner)
  if (tool === 'unshare') return inUnshare(spec, stage, owner)
  return withoutSandbox(spec)
}

/** The tools around a program never see its environment. */
const env = { PATH: SYSTEM_PATH }

function inBubblewrap(spec: RunSpec, stage: string, owner: Owner | undefined): Plan {
  const own = layoutOf(spec, owner)
  const { layout, prefix } = owner ? asOwner(own, stage, owner) : { layout: own, prefix: [] }
  const bubblewrap = [need('bwrap'), ...bubblewrapArguments(spec, layout)]
  return {
    command: [...(spec.enter ?? []), ...prefix, ...limitsPrefix(spec.limits), ...bubblewrap],
    env,
    arguments: environmentArguments(environmentOf(spec)),
    filter: socketFilter(),
  }
}

async function inUnshare(spec: RunSpec, stage: string, owner: Owner | undefined): Promise<Plan> {
  if (spec.image.rootfs === 'image')
    throw new RunnerError('an image with its own root file system needs bubblewrap, which does not work here')
  const root = join(stage, 'root')
  await mkdir(root)
  const unshare = [need('unshare'), ...unshareArguments(spec, layoutOf(spec, owner), root, owner)]
  return {
    command: [...(spec.enter ?? []), ...limitsPrefix(spec.limits), ...unshare],
    env,
    arguments: shellEnvironment(environmentOf(spec)),
  }
}

function withoutSandbox(spec: RunSpec): Plan {
  refuseWithoutSandbox(spec)
  return {
    command: [...limitsPrefix(spec.limits), ...commandOf(spec)],
    cwd: join(spec.image.directory, workingDirectoryOf(spec.image)),
    // Where AWS's own training toolkit looks when it is not at /opt/ml.
    env: { ...environmentOf(spec), SAGEMAKER_BASE_DIR: spec.ml },
    arguments: '',
  }
}

/** Without a sandbox these promises cannot be kept, so the program is not run. */
function refuseWithoutSandbox({ network, image, enter }: RunSpec): void {
  const needed =
    network === 'none'
      ? 'network isolation'
      : enter
        ? 'a place in a VPC'
        : image.rootfs === 'image'
          ? 'an image with its own root file system'
          : undefined
  if (needed) throw new RunnerError(`${needed} needs a sandbox, and none works here`)
}

/**
 * Starts as root and goes on as `owner`. A server that is root keeps its folders from others, and then that user could
 * not reach what is to be mounted; so root first mounts it where everyone can, in a mount namespace of its own.
 */
function asOwner(layout: Layout, stage: string, owner: Owner): { layout: Layout; prefix: string[] } {
  const mounts: string[] = []
  const staged = layout.map((step, index) => {
    if (!('from' in step) || step.from === '/' || step.from === ('to' in step ? step.to : '')) return step
    const from = join(stage, String(index))
    mounts.push(step.from, from)
    return { ...step, from }
  })
  const script =
    'while [ "$1" != -- ]; do if [ -d "$1" ]; then mkdir "$2"; else : > "$2"; fi; ' +
    'mount --rbind "$1" "$2" || exit 125; shift 2; done; shift; exec "$@"'
  return {
    layout: staged,
    prefix: [
      need('unshare'),
      ...words('--mount --propagation private -- /bin/sh -c'),
      script,
      'stage',
      ...mounts,
      '--',
      need('setpriv'),
      ...words(`--reuid=${owner.uid} --regid=${owner.gid} --clear-groups --`),
    ],
  }
}

/** Of each process. What a program may write to counts as memory: address space is reserved at leisure. */
function limitsPrefix({ memoryBytes, processes, openFiles }: Limits = {}): string[] {
  const options = [
    memoryBytes === undefined ? '' : `--data=${memoryBytes}`,
    processes === undefined ? '' : `--nproc=${processes}`,
    openFiles === undefined ? '' : `--nofile=${openFiles}`,
  ].filter(Boolean)
  return options.length > 0 ? [need('prlimit'), ...options, '--'] : []
}

function need(tool: string): string {
  const path = toolPath(tool)
  if (path === undefined) throw new RunnerError(`${tool} is not installed`)
  return path
}
