import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { fabricOf, type Attachment } from '../../src/fabric/fabric.ts'
import type { Outside } from '../../src/fabric/outside.ts'
import { probeFabric } from '../../src/fabric/probe.ts'
import type { ServerOptions } from '../../src/server.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { buildEstate, type Estate } from './estate.ts'

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

/** Long enough for a connection between two namespaces of a busy machine, short enough for a silence. */
const PATIENCE_MS = 1500

/** A server with a VPC, and programs in its namespaces. */
export interface Lab {
  server: TestServer
  estate: Estate
  attach(networkInterfaceId: string): Promise<Attachment>
  /** What becomes of a connection: `connected`, `refused`, `timeout`, or the name of the error. */
  dial(from: Attachment, host: string, port: number, ms?: number): Promise<string>
  close(): Promise<void>
}

/** `outside`: what the real internet is to its VPCs. */
export async function openLab(options: Partial<ServerOptions> = {}, outside?: Outside): Promise<Lab> {
  await needFabric()
  const server = await startTestServer({ logLevel: 'error', ...options })
  if (outside) fabricOf(server.world, outside)
  const estate = await buildEstate(server)
  return {
    server,
    estate,
    attach: (networkInterfaceId) =>
      fabricOf(server.world).attach({ account: server.account, region: server.region, networkInterfaceId }),
    dial: async (from, host, port, ms = PATIENCE_MS) =>
      (await run(from.enter, [process.execPath, program('dial.ts'), host, String(port), String(ms)])).stdout.trim(),
    async close() {
      for (const child of programs) child.kill('SIGKILL')
      await server.close()
    },
  }
}

/** Never skipped: a machine without these tools cannot say that the fabric works. */
export async function needFabric(): Promise<void> {
  const { available, missing } = await probeFabric()
  if (!available) throw new Error(`no VPC can be made here: ${missing.join('; ')} (apt install iproute2 nftables)`)
}

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command behind another that enters a namespace. */
export function run(enter: readonly string[], command: readonly string[], input = ''): Promise<Outcome> {
  const child = start(enter, command)
  let [stdout, stderr] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin!.on('error', () => {}) // it was done before it was told anything
  child.stdin!.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

function start(enter: readonly string[], command: readonly string[]): ChildProcess {
  const [tool = '', ...args] = [...enter, ...command]
  // The fourth is bubblewrap's to report by.
  const child = spawn(tool, args, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: homedir() },
  })
  ;(child.stdio[3] as Readable).resume()
  return child
}

/** What a test that failed has left running. */
const programs = new Set<ChildProcess>()

/** A program that answers a line with a line. */
export interface Dialogue {
  ask(line: string): Promise<string>
  end(): Promise<void>
}

/** One of test/fabric/programs, once it has said its first line. */
export async function converse(at: Attachment, name: string, ...args: string[]): Promise<Dialogue> {
  const child = start(at.enter, [process.execPath, program(name), ...args])
  programs.add(child)
  child.once('exit', () => programs.delete(child))
  child.stderr!.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async () => ((await lines.next()) as { value?: string }).value ?? ''
  const first = await next()
  if (first !== 'ready') throw new Error(`${name} is not ready: ${first}`)
  return {
    ask(line) {
      child.stdin!.write(`${line}\n`)
      return next()
    },
    async end() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
