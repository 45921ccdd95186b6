/**
 * `npm test`: types, lint, format, then every test, real clients included. `npm test -- PATTERN…` runs only test files whose
 * path contains one of the patterns, without the checks.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { ensureTools } from './tools.ts'
import { ensureVenv } from './venv.ts'

const patterns = process.argv.slice(2)
const bin = 'node_modules/.bin/'

function run(title: string, command: string, args: readonly string[]): void {
  process.stdout.write(`\n── ${title}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NODE_OPTIONS: '' } })
  if (status !== 0) process.exit(status ?? 1)
}

ensureTools()
ensureVenv()
if (!patterns.length) {
  run('types', `${bin}tsc`, ['-p', '.'])
  run('lint', `${bin}oxlint`, ['--type-aware', '--deny-warnings'])
  run('format', `${bin}oxfmt`, ['--check', 'src', 'test', 'scripts', 'bench', 'examples'])
}
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
  .sort()
  .filter((file) => !patterns.length || patterns.some((pattern) => file.includes(pattern)))
if (files.length === 0) {
  process.stderr.write(`no test file's path contains ${patterns.join(' or ')}\n`)
  process.exit(1)
}
run('tests', process.execPath, ['--disable-warning=ExperimentalWarning', '--test', '--test-concurrency=2', ...files])
