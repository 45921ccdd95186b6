import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { root } from './command.ts'

/** `./sallyport serve` as a child process: one that can be killed. */
export interface ChildServer {
  url: string
  pid: number
  /** `SIGTERM`: as Ctrl-C would; `SIGKILL`: as a power cut. Resolves when the process is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** `options`: more of the command line's; `env`: more than PATH. */
export async function serve(
  dataDir: string,
  { options = [], env = {} }: { options?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<ChildServer> {
  const words = ['--port', '0', '--data', dataDir, '--log-level', 'silent', ...options]
  const child = spawn(`${root}/sallyport`, ['serve', ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await readyUrl(child)
  return {
    url,
    pid: child.pid!,
    async end(signal) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
  }
}

async function readyUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const ready = /^Ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)
    if (ready) return ready[1]!
  }
  throw new Error('the server ended before it was ready')
}
