import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Estate } from './estate.ts'
import type { Version } from './venvs.ts'

export interface Outcome {
  version: Version
  name: string
  ok: boolean
  seconds: number
  /** What it printed, errors too. */
  output: string
}

const folder = resolve('test/clients/sdk')

/** Programs that run inside the VPC (`./sallyport exec`), with a role of their own and without a setting. */
const INSIDE = ['session']

export const programsOf = (version: Version): string[] =>
  readdirSync(join(folder, version))
    .filter((file) => file.endsWith('.py'))
    .map((file) => file.replace('.py', ''))
    .sort()

const DEADLINE_MS = 1_800_000

/** One program in a process of its own, with a home of its own. */
export async function runProgram(
  python: string,
  version: Version,
  name: string,
  { variables, place }: Estate,
): Promise<Outcome> {
  const started = performance.now()
  const home = mkdtempSync(join(tmpdir(), 'sallyport-sdk-home-'))
  const config = join(home, 'config.yaml')
  // Counts of use, which the SDK sends to a bucket of AWS's.
  writeFileSync(config, 'SchemaVersion: "1.0"\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n')
  const program = [python, join(folder, version, `${name}.py`)]
  const command = INSIDE.includes(name) ? [resolve('sallyport'), 'exec', ...place, '--', ...program] : program
  const child = spawn(command[0]!, command.slice(1), {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...variables,
      PATH: process.env['PATH'],
      ...(process.env['RECORD'] !== undefined && { RECORD: process.env['RECORD'] }),
      HOME: home,
      SDK: version,
      SALLYPORT: resolve('sallyport'),
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      SAGEMAKER_USER_CONFIG_OVERRIDE: config,
      AWS_EC2_METADATA_DISABLED: 'true',
      SAGEMAKER_SUPPRESS_V2_WARNING: '1',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)))
  const timer = setTimeout(() => {
    output += `\nnot over after ${DEADLINE_MS / 1000} s`
    child.kill()
  }, DEADLINE_MS)
  const ok = await new Promise<boolean>((resolveEnd) => {
    child.on('error', (error) => {
      output += error.message
      resolveEnd(false)
    })
    child.on('close', (code) => resolveEnd(code === 0))
  })
  clearTimeout(timer)
  rmSync(home, { recursive: true, force: true })
  return { version, name, ok, seconds: (performance.now() - started) / 1000, output }
}
