import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = '.venv/requirements.sha256'

/** The Python clients that the tests drive, pinned in requirements.txt, in a local .venv; made anew when the pins change. */
export function ensureVenv(): void {
  const wanted = createHash('sha256').update(readFileSync('requirements.txt')).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stdout.write('── Python clients (.venv)\n')
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', '.venv'],
    ['.venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', 'requirements.txt'],
  ] as const) {
    const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
    if (status !== 0) {
      process.stderr.write(`could not set up .venv: ${error?.message ?? `${command} exited with ${status}`}\n`)
      process.stderr.write('python3 with its venv module is needed (on Debian and Ubuntu: apt install python3-venv)\n')
      process.exit(1)
    }
  }
  writeFileSync(stamp, wanted)
}
