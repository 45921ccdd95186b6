import { ARGUMENTS_FD, HOSTNAME, STATUS_FD, SYSTEM_PATH, commandOf, words, workingDirectoryOf } from './sandbox.ts'
import type { Layout } from './sandbox.ts'
import type { RunSpec } from './runner.ts'
import type { Owner } from './layers.ts'

/**
 * The same file system without bubblewrap, by util-linux alone: unshare(1), mount(8), pivot_root(8), setpriv(1).
 * `$1` is an empty folder to stand the new root on; then come the folder to start in, whom to become (empty: stay),
 * the host name, the steps of the layout up to `--`, and the program.
 *
 * The program's environment is read only after all rights are given up: a LD_PRELOAD in it must not reach our tools.
 * The shell stays process 1, so that the default deeds of signals hold for the program.
 */
const script = String.raw`
set -eu
new=$1 cwd=$2 become=$3 hostname=$4; shift 4
hostname "$hostname"
ip link set lo up 2>/dev/null || :
mount --rbind / "$new"
mount -o remount,bind,ro "$new"
mount -t tmpfs -o mode=755,nosuid tmpfs "$new/dev"
for node in null zero full random urandom tty; do : > "$new/dev/$node"; mount --bind "/dev/$node" "$new/dev/$node"; done
mkdir -m 1777 "$new/dev/shm"
ln -s /proc/self/fd "$new/dev/fd"; ln -s fd/0 "$new/dev/stdin"; ln -s fd/1 "$new/dev/stdout"; ln -s fd/2 "$new/dev/stderr"
mount -t proc proc "$new/proc"
while read -r _ _ _ _ at options _; do
  case $at,$options in
    "$new/dev",* | "$new/dev/"* | "$new/proc",* | "$new/proc/"* | *,ro | *,ro,*) ;;
    "$new"/*) kept=; for option in nosuid nodev noexec; do case ,$options, in *,$option,*) kept=$kept,$option ;; esac; done
      mount -o "remount,bind,ro$kept" "$at" ;;
  esac
done < /proc/self/mountinfo
while [ "$1" != -- ]; do
  case $1 in
    empty) mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$new$2"; shift 2 ;;
    bind) if [ -d "$2" ]; then mkdir -p "$new$4"; else mkdir -p "$(dirname "$new$4")"; [ -e "$new$4" ] || : > "$new$4"; fi
      mount --bind "$2" "$new$4"; [ "$3" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$new$4"; shift 4 ;;
    seal) mount -o remount,bind,ro,nosuid,nodev "$new$2"; shift 2 ;;
  esac
done
shift
cd "$new"
pivot_root . .
umount -l .
cd "$cwd"
exec setpriv $become --no-new-privs --bounding-set=-all --inh-caps=-all -- /bin/sh -c '
  eval "$(cat <&${ARGUMENTS_FD})"; exec ${ARGUMENTS_FD}<&- ${STATUS_FD}>&-; unset OLDPWD; "$@" & wait $! 2>/dev/null' program "$@"
`
  .replaceAll('${ARGUMENTS_FD}', String(ARGUMENTS_FD))
  .replaceAll('${STATUS_FD}', String(STATUS_FD))

/** Arguments of unshare(1). `owner` is whom the program becomes when the server is root. */
export function unshareArguments(spec: RunSpec, layout: Layout, stage: string, owner: Owner | undefined): string[] {
  return [
    ...(process.getuid?.() === 0 ? [] : words('--user --map-root-user')),
    ...words('--mount --propagation private --pid --fork --kill-child --ipc --uts'),
    ...(spec.network === 'none' ? ['--net'] : []),
    ...words('-- /bin/sh -c'),
    script,
    'sandbox',
    stage,
    workingDirectoryOf(spec.image),
    owner ? `--reuid=${owner.uid} --regid=${owner.gid} --clear-groups` : '',
    spec.hostname ?? HOSTNAME,
    ...layout.flatMap((step) => {
      if (step.kind === 'root') return [] // the script knows no other than the host's
      if (step.kind === 'bind') return ['bind', step.from, step.writable ? 'rw' : 'ro', step.to]
      return [step.kind, step.to]
    }),
    '--',
    ...commandOf(spec),
  ]
}

/** What the script reads from ARGUMENTS_FD: shell assignments. Names that no shell can hold are left out. */
export function shellEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries({ PATH: SYSTEM_PATH, ...environment })
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('')
}
