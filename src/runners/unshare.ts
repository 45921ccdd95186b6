import { HOSTNAME, commandOf, workingDirectoryOf } from './sandbox.ts'
import type { Layout } from './sandbox.ts'
import type { RunSpec } from './runner.ts'

/**
 * The same file system without bubblewrap, by util-linux alone: unshare(1), mount(8), pivot_root(8), setpriv(1).
 * `$1` is an empty folder to stand the new root on; then come the folder to start in, the user to become
 * (empty: stay), the steps of the layout up to `--`, and the program.
 */
const script = String.raw`
set -eu
new=$1 cwd=$2 user=$3 hostname=$4; shift 4
hostname "$hostname" 2>/dev/null || echo "$hostname" > /proc/sys/kernel/hostname
mount --rbind / "$new"
while read -r _ _ _ _ at _; do
  case $at in "$new"|"$new"/*) mount -o remount,bind,ro "$at" 2>/dev/null || : ;; esac
done < /proc/self/mountinfo
test ! -w "$new/etc" || { touch "$new/etc/.sallyport" 2>/dev/null && { rm -f "$new/etc/.sallyport"; echo 'sandbox: the root stayed writable' >&2; exit 125; } || :; }
mount -t tmpfs -o mode=755,nosuid tmpfs "$new/dev"
for node in null zero full random urandom tty; do : > "$new/dev/$node"; mount --bind "/dev/$node" "$new/dev/$node"; done
mkdir -m 1777 "$new/dev/shm"
ln -s /proc/self/fd "$new/dev/fd"; ln -s fd/0 "$new/dev/stdin"; ln -s fd/1 "$new/dev/stdout"; ln -s fd/2 "$new/dev/stderr"
mount -t proc proc "$new/proc"
while test "$1" != --; do
  case $1 in
    empty) mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$new$2"; shift 2 ;;
    bind) test -d "$2" && mkdir -p "$new$4" || { mkdir -p "$(dirname "$new$4")"; test -e "$new$4" || : > "$new$4"; }
      mount --rbind "$2" "$new$4"; test "$3" = rw || mount -o remount,bind,ro "$new$4"; shift 4 ;;
    seal) mount -o remount,bind,ro "$new$2"; shift 2 ;;
  esac
done
shift
cd "$new"
pivot_root . .
umount -l .
cd "$cwd"
exec setpriv $user --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
`

/** Arguments of unshare(1). `owner` is whom the program becomes when the server is root. */
export function unshareArguments(
  spec: RunSpec,
  layout: Layout,
  stage: string,
  owner: { uid: number; gid: number } | undefined,
): string[] {
  return [
    ...(owner ? [] : ['--user', '--map-root-user']),
    ...['--mount', '--propagation', 'private'],
    ...['--pid', '--fork', '--kill-child', '--ipc', '--uts'],
    ...(spec.network === 'none' ? ['--net'] : []),
    ...['--', '/bin/sh', '-c', script, 'sandbox', stage, workingDirectoryOf(spec.image)],
    owner ? `--reuid=${owner.uid} --regid=${owner.gid} --clear-groups` : '',
    spec.hostname ?? HOSTNAME,
    ...layout.flatMap((step) => {
      switch (step.kind) {
        case 'root':
          return []
        case 'bind':
          return ['bind', step.from, step.writable ? 'rw' : 'ro', step.to]
        case 'empty':
          return ['empty', step.to]
        case 'seal':
          return ['seal', step.to]
      }
    }),
    '--',
    ...commandOf(spec),
  ]
}
