import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const VERSIONS = ['v2', 'v3'] as const
export type Version = (typeof VERSIONS)[number]

/** The Python of a folder with an SDK, installed there unless it is so already. Everything that pip brings is pinned. */
export function ensureSdk(folder: string, version: Version, say: (text: string) => void): string {
  const requirements = `test/clients/sdk/${version}/requirements.txt`
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const stamp = join(folder, 'requirements.sha256')
  const python = join(folder, 'bin/python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python
  say(`── SageMaker Python SDK ${version} → ${folder}`)
  const pip = [join(folder, 'bin/pip'), 'install', '--disable-pip-version-check', '--no-deps', '-r', requirements]
  for (const [command = '', ...args] of [['python3', '-m', 'venv', folder], pip]) {
    // pip tells what it does; stdout is for results.
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error(`could not install it: ${error?.message ?? `${command} exited with ${status}`}`)
  }
  writeFileSync(stamp, wanted)
  return python
}
