/**
 * The SageMaker Python SDK as a client, versions 2 and 3, unmodified: every program of test/clients/sdk/v2 and …/v3 on a server
 * of its own, by execution roles with the policies of the role page. The SDKs come from the package index, pinned, into
 * `--keep DIR` (0.3 and 1 GB, some minutes) or a temporary folder. Each program is one line; the exit code is 1 where one failed.
 *   node scripts/sdk.ts [--keep DIR] [--sdk v2|v3] [--only NAME] [--format pretty|json] [--at-a-time 4] [--verbose]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '../src/cli/client.ts'
import { installCompiler } from '../src/jobs/compilation/compiler.ts'
import { startTestServer } from '../test/support/server.ts'
import { buildEstate } from './sdk/estate.ts'
import { programsOf, runProgram, type Outcome } from './sdk/programs.ts'
import { ensureSdk, VERSIONS, type Version } from './sdk/venvs.ts'

const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    sdk: { type: 'string' },
    only: { type: 'string' },
    format: { type: 'string', default: 'pretty' },
    'at-a-time': { type: 'string', default: '4' },
    verbose: { type: 'boolean', default: false },
  },
})
const say = (text: string) => void process.stderr.write(`${text}\n`)
const versions = VERSIONS.filter((version) => values.sdk === undefined || values.sdk === version)
const wanted = versions.flatMap((version) =>
  programsOf(version)
    .filter((name) => values.only === undefined || name.includes(values.only))
    .map((name) => ({ version, name })),
)
if (wanted.length === 0 || !['pretty', 'json'].includes(values.format)) {
  say(
    'usage: node scripts/sdk.ts [--keep DIR] [--sdk v2|v3] [--only NAME] [--format pretty|json] [--at-a-time 4] [--verbose]',
  )
  process.exit(64)
}

const folder = values.keep === undefined ? mkdtempSync(join(tmpdir(), 'sallyport-sdk-')) : resolve(values.keep)
try {
  process.exitCode = await all(folder)
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}

async function all(venvs: string): Promise<number> {
  const pythons = new Map<Version, string>()
  for (const version of new Set(wanted.map((one) => one.version)))
    pythons.set(version, ensureSdk(join(venvs, version), version, say))
  if (wanted.some(({ name }) => name === 'compilation')) await installCompiler(say)
  const server = await startTestServer({ logLevel: 'error' })
  try {
    const client = connect({
      AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: server.region,
    })
    const estate = await buildEstate(client)
    const outcomes: Outcome[] = []
    const waiting = [...wanted]
    const worker = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const outcome = await runProgram(pythons.get(one.version)!, one.version, one.name, estate)
        outcomes.push(outcome)
        if (values.format === 'pretty') show(outcome)
      }
    }
    await Promise.all(Array.from({ length: Number(values['at-a-time']) }, worker))
    if (values.format === 'json') process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`)
    return outcomes.every(({ ok }) => ok) ? 0 : 1
  } finally {
    await server.close()
  }
}

function show({ ok, version, name, seconds, output }: Outcome): void {
  process.stdout.write(`${ok ? '✔' : '✘'} ${version} ${name.padEnd(16)} ${seconds.toFixed(1)} s\n`)
  if (!ok || values.verbose) process.stdout.write(`${output.replaceAll(/^/gm, '    ')}\n`)
}
