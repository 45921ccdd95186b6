import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Variables of an AWS client: credentials, Region, endpoint. */
export type Environment = Record<string, string>

/** Runs a program with nothing of this process's environment but PATH. Resolves whatever its exit code. */
export function run(command: readonly string[], env: Environment): Promise<Outcome> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

/** `./sallyport …`; rejects unless it exits with one of `codes`. */
export async function sallyport(
  args: readonly string[],
  env: Environment = {},
  codes: readonly number[] = [0],
): Promise<string> {
  const { code, stdout, stderr } = await run([`${root}/sallyport`, ...args], env)
  if (!codes.includes(code)) throw new Error(`sallyport ${args.join(' ')} exited with ${code}: ${stderr}`)
  return stdout
}

/** What `sallyport env` prints for the server on a data folder, as every client reads it. */
export async function environmentOf(dataDir: string, ...options: string[]): Promise<Environment> {
  return JSON.parse(await sallyport(['env', '--data', dataDir, '--format', 'json', ...options])) as Environment
}
