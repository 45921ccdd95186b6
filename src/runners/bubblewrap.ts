import { ARGUMENTS_FD, FILTER_FD, HOSTNAME, STATUS_FD, commandOf, words, workingDirectoryOf } from './sandbox.ts'
import type { Layout } from './sandbox.ts'
import type { RunSpec } from './runner.ts'
import { socketFilter } from './socket-filter.ts'

/**
 * Arguments of bubblewrap (bwrap(1)) for a program. The program is not process 1 of its namespace but 2, so that the
 * default deeds of signals hold and orphans are reaped, as with `docker run --init`.
 */
export function bubblewrapArguments(spec: RunSpec, layout: Layout): string[] {
  const uid = userOf(spec.image.config.User)
  return [
    ...words(`--die-with-parent --new-session --unshare-user --uid ${uid} --gid ${uid}`),
    ...words('--unshare-pid --unshare-ipc --unshare-cgroup-try --unshare-uts --hostname'),
    spec.hostname ?? HOSTNAME,
    ...(spec.network === 'none' ? ['--unshare-net'] : []),
    // Nothing that a program could change its addresses, routes or packets by, whoever it is inside.
    ...words('--cap-drop ALL'),
    ...rootFirst(layout),
    '--chdir',
    workingDirectoryOf(spec.image),
    ...(socketFilter() ? ['--seccomp', String(FILTER_FD)] : []),
    ...words(`--json-status-fd ${STATUS_FD} --args ${ARGUMENTS_FD} --`),
    ...commandOf(spec),
  ]
}

/**
 * What bubblewrap reads from ARGUMENTS_FD: the program's environment. Not on its command line, where others could read
 * it; not in its own environment, where a LD_PRELOAD would run outside the sandbox.
 */
export function environmentArguments(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `--setenv\0${name}\0${value}\0`)
    .join('')
}

/** /proc and /dev go onto the root before anything else may lie there. */
function rootFirst(layout: Layout): string[] {
  return layout.flatMap((step) => {
    if (step.kind === 'empty') return ['--tmpfs', step.to]
    if (step.kind === 'seal') return ['--remount-ro', step.to]
    const bind = step.writable ? '--bind' : '--ro-bind'
    return step.kind === 'bind'
      ? [bind, step.from, step.to]
      : [bind, step.from, '/', ...words('--dev /dev --proc /proc')]
  })
}

/** The image's numeric user; a name would have to be looked up in the image, and root is what SageMaker's images use. */
function userOf(user = ''): string {
  return /^\d+/.exec(user)?.[0] ?? '0'
}
