import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { toolPath } from '../../src/runners/isolation.ts'
import { words } from '../../src/runners/sandbox.ts'
import type { EngineName } from '../../src/runners/docker/engine.ts'

/** A container engine of a test's own: its images and containers lie in a folder that goes with it. */
export interface TestEngine {
  name: EngineName
  socket: string
  close(): Promise<void>
}

type Command = (folder: string, socket: string) => string[]

const commands: Readonly<Record<EngineName, Command>> = {
  podman: (folder, socket) => [
    ...words(`podman --root ${folder}/root --runroot ${folder}/run`),
    // crun does not take both versions of cgroups at once, which is how some machines have them.
    ...(existsSync('/sys/fs/cgroup/unified') ? ['--runtime', 'runc'] : []),
    ...words(`system service --time=0 unix://${socket}`),
  ],
  docker: (folder, socket) =>
    words(
      `dockerd --bridge=none --iptables=false --ip6tables=false --host unix://${socket} ` +
        `--data-root ${folder}/data --exec-root ${folder}/exec --pidfile ${folder}/pid`,
    ),
}

/** The engines that are installed here; root alone may start them. */
export function installedEngines(): EngineName[] {
  if (process.getuid?.() !== 0) return []
  const daemons = { podman: 'podman', docker: 'dockerd' } as const
  return (Object.keys(daemons) as EngineName[]).filter((name) => toolPath(daemons[name]) !== undefined)
}

export async function startTestEngine(name: EngineName): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-engine-'))
  const socket = join(folder, 'engine.sock')
  const [tool = '', ...args] = commands[name](folder, socket)
  const child = spawn(toolPath(tool) ?? tool, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (let waited = 0; !existsSync(socket); waited += 20) {
    if (child.exitCode !== null || waited > 30_000) throw new Error(`${name} did not start: ${said}`)
    await delay(20)
  }
  return {
    name,
    socket,
    async close() {
      child.kill('SIGTERM')
      await exited
      // Stores and namespaces that they leave mounted.
      for (const path of mountsBelow(folder)) spawnSync('umount', [path])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Innermost first. */
function mountsBelow(folder: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed()
}
