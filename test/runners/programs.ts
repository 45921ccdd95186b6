import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Exit, Runner, Running, RunSpec } from '../../src/runners/runner.ts'

/** A folder like the server's data folder: nobody else's business. */
export function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-run-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a program of this text needs to run. */
export function specOf(text: string, more: Partial<RunSpec> = {}): RunSpec {
  const data = newDataFolder()
  const directory = join(data, 'job/image')
  const program = join(directory, 'opt/program')
  const ml = join(data, 'job/ml')
  mkdirSync(program, { recursive: true })
  for (const folder of ['model', 'input']) mkdirSync(join(ml, folder), { recursive: true })
  writeFileSync(join(data, 'credentials'), 'secret')
  writeFileSync(join(program, 'train'), text.replaceAll('DATA', data))
  chmodSync(join(program, 'train'), 0o755)
  return {
    name: 'job',
    image: { config: { Entrypoint: ['./train'] }, directory, rootfs: 'host' },
    arguments: ['train'],
    ml,
    env: {},
    network: 'host',
    hide: [data],
    records: join(data, 'running'),
    ...more,
  }
}

export async function outputOf(running: Running): Promise<string[]> {
  const lines: string[] = []
  for await (const { text } of running.output) lines.push(text)
  return lines
}

/** A program from its start to its end. */
export interface Ran {
  spec: RunSpec
  lines: string[]
  exit: Exit
}

export async function ran(runner: Runner, spec: RunSpec): Promise<Ran> {
  const running = await runner.start(spec)
  return { spec, lines: await outputOf(running), exit: await running.exit }
}

/** Reads until a line is said; the rest stays to be read. */
export async function until(running: Running, line: string): Promise<AsyncIterator<{ text: string }>> {
  const lines = running.output[Symbol.asyncIterator]()
  const before: string[] = []
  for (;;) {
    const next = await lines.next()
    assert.ok(!next.done, `never said ${line}, but ${before.join('; ')}`)
    if (next.value.text === line) return lines
    before.push(next.value.text)
  }
}
