import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { toolPath } from '../runners/isolation.ts'
import { beModest } from '../runners/modest.ts'
import { SYSTEM_PATH, words } from '../runners/sandbox.ts'
import type { Mode } from './probe.ts'

/** Namespaces cannot be made or changed as they should. */
export class FabricError extends Error {
  override readonly name = 'FabricError'
}

/**
 * The network namespace that is a VPC's router and all that it leads to. It belongs to a shell that waits for commands:
 * when that ends — and it does when the server does, however that ends — the namespace goes, and all links with it.
 */
export interface Router {
  readonly pid: number
  readonly mode: Mode
  /** Runs a shell script inside, in turn with others. Rejects with FabricError, and what was printed, when a command fails. */
  run(script: string): Promise<string>
  /** The command that enters the router, or one of its interfaces' namespaces. */
  enter(namespace?: string): string[]
  close(): Promise<void>
}

export async function openRouter(mode: Mode): Promise<Router> {
  const user = mode === 'rootless' ? ['--user', '--map-root-user'] : []
  const child = spawn(
    toolPath('unshare') ?? 'unshare',
    [...user, ...words('--net --mount --propagation private -- /bin/sh -s')],
    // A group of its own: Ctrl-C is the server's to handle.
    { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: SYSTEM_PATH }, detached: true },
  )
  beModest(child)
  const shell = conversation(child)
  const enter = (namespace?: string) => {
    const root = `/proc/${child.pid}`
    const net = namespace === undefined ? `${root}/ns/net` : `${root}/root/run/netns/${namespace}`
    const owner = mode === 'rootless' ? [`--user=${root}/ns/user`, '--preserve-credentials'] : []
    return [toolPath('nsenter') ?? 'nsenter', ...owner, `--net=${net}`, '--']
  }
  await shell.run(setUp)
  return { pid: child.pid!, mode, enter, ...shell }
}

/**
 * Names of namespaces live on a /run that nobody else sees. The order of the rules makes every address local ("AnyIP"),
 * once those of running interfaces, which have routes of their own, are gone through; it has to be the table `local`, or
 * answers fail the check of their source. Spoofed sources are the packet filter's matter, not the reverse path's.
 */
const setUp = `mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/netns
ip -batch - <<'END'
link set lo up
rule add pref 40000 lookup local
rule del pref 0
route add local default dev lo table local
END
ip -6 -batch - <<'END'
rule add pref 40000 lookup local
rule del pref 0
route add local ::/0 dev lo table local
END
for each in all default; do echo 0 > /proc/sys/net/ipv4/conf/$each/rp_filter; done
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind`

/** What no program prints: a line of its own with the exit code. */
const MARK = '=#sallyport#='
const ENDED = new RegExp(`${MARK}(\\d+)\n`)

/** Scripts go in by standard input, one after the other; a line with a mark and the exit code ends what each prints. */
function conversation(child: ChildProcessWithoutNullStreams): Pick<Router, 'run' | 'close'> {
  const waiting: { script: string; resolve(text: string): void; reject(error: Error): void }[] = []
  let said = ''
  let over: FabricError | undefined
  const end = (why: string) => {
    over ??= new FabricError(why)
    for (const one of waiting.splice(0)) one.reject(over)
  }
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => (end(`no namespace can be made: ${error.message}`), resolve()))
    child.once('close', () => (end(said.trim() || 'the namespace is gone'), resolve()))
  })
  child.stdin.on('error', () => {}) // it ended; `close` says so
  const take = (chunk: Buffer) => {
    said += chunk.toString()
    for (;;) {
      const mark = ENDED.exec(said)
      if (!mark) return
      const text = said.slice(0, mark.index)
      said = said.slice(mark.index + mark[0].length)
      const done = waiting.shift()!
      if (mark[1] === '0') done.resolve(text)
      else done.reject(new FabricError(text.trim() || `a command ended with ${mark[1]}`))
    }
  }
  child.stdout.on('data', take)
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return {
    run: (script) =>
      new Promise((resolve, reject) => {
        if (over) return reject(over)
        waiting.push({ script, resolve, reject })
        child.stdin.write(`( set -e\n${script}\n) </dev/null 2>&1; echo ${MARK}$?\n`)
      }),
    close: async () => {
      child.stdin.end()
      await exited
    },
  }
}
