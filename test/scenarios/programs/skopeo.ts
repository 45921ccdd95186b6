/**
 * skopeo as a user of Amazon ECR runs it: `skopeo.ts AWS_CLI COMMAND…` logs in to the registry that the command names, with the
 * password of `aws ecr get-login-password`, and runs it, in a folder that has an OCI image `layout:v1`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLayout } from '../../support/oci-layout.ts'

const [aws = '', ...args] = process.argv.slice(2)
const registry = /docker:\/\/([^/]+)\//.exec(args.join(' '))![1]!
/** Until skopeo gives up; its own connections have half a minute. */
const PATIENCE = '15s'

const cwd = mkdtempSync(join(tmpdir(), 'sallyport-skopeo-'))
const env = {
  ...process.env,
  HOME: cwd,
  XDG_RUNTIME_DIR: cwd,
  REGISTRY_AUTH_FILE: join(cwd, 'auth.json'),
  AWS_MAX_ATTEMPTS: '1',
}

function run(tool: string, options: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(tool, options, { cwd, env, input, encoding: 'utf8' })
  if (status === 0) return stdout
  process.stderr.write(stderr)
  throw new Error(`${tool} ${options[0]} failed`)
}

try {
  await writeLayout(cwd)
  const password = run(aws, ['ecr', 'get-login-password'])
  run('skopeo', ['--command-timeout', PATIENCE, 'login', '--username', 'AWS', '--password-stdin', registry], password)
  process.stdout.write(run('skopeo', ['--insecure-policy', '--command-timeout', PATIENCE, ...args]))
} catch (error) {
  process.stderr.write(`${String(error)}\n`)
  process.exitCode = 1
} finally {
  rmSync(cwd, { recursive: true, force: true })
}
