import { execFileSync, spawn as spawnChild, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect, type Client } from '../src/cli/client.ts'

export const node = process.execPath

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts a program that does not outlive this one, however this one ends. */
export function spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawnChild(command, args, options)
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** A server of ours in a process of its own, on a folder that goes with it. */
export interface BenchServer {
  url: string
  env: Record<string, string>
  client: Client
  process: ChildProcess
  dataDir: string
  stop(): Promise<void>
}

export async function startSallyport(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', 'src/main.js', 'serve', '--port', '0', '--data', dataDir],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const url = (await firstLine(child)).replace('Ready ', '')
  const env = JSON.parse(
    execFileSync(node, ['src/main.js', 'env', '--data', dataDir, '--format', 'json'], { encoding: 'utf8' }),
  ) as Record<string, string>
  return {
    url,
    env,
    client: connect(env),
    process: child,
    dataDir,
    async stop() {
      await stopped(child)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)))
  })
}

export function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

export interface Load {
  perSecond: number
  p50Ms: number
  p99Ms: number
  errors: number
}

/** Runs the load generator beside the server; requests are whole HTTP messages. */
export function load(url: string, requests: readonly string[], seconds: number, connections = 16): Promise<Load> {
  const job = { url, requests: requests.map((text) => Buffer.from(text).toString('base64')), connections, seconds }
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['bench/load.ts'], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin!.end(JSON.stringify(job))
    let out = ''
    child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(out) as Load) : reject(new Error(`load generator ended with ${code}`)),
    )
  })
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export const machine = (): string => `${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.version}`

/** Moto's server, installed into bench/.venv on first use. */
export async function startMoto(): Promise<{ url: string; process: ChildProcess }> {
  const bin = 'bench/.venv/bin'
  if (!existsSync(`${bin}/moto_server`)) {
    execFileSync('python3', ['-m', 'venv', 'bench/.venv'])
    execFileSync(`${bin}/pip`, ['install', '--quiet', 'moto[server]==5.2.5', 'boto3==1.44.5'], { stdio: 'inherit' })
  }
  const port = await freePort()
  const child = spawn(`${bin}/moto_server`, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await answers(url)
  return { url, process: child }
}

export async function answers(url: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${url} does not answer`)
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
