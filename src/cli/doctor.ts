import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { colour } from './colour.ts'
import { managedPolicy } from '../services/iam/managed-policies.ts'
import { probeFabric } from '../fabric/probe.ts'
import type { ScrubReport } from '../objects/scrub.ts'
import { processRunner } from '../runners/process.ts'
import { exitCode } from './exit-code.ts'

interface Finding {
  name: string
  ok: boolean
  text: string
}

/** What this machine can and cannot do; exit code 3 when something needed is missing. What is only weaker is said, not failed. */
export async function doctor({ data, format }: { data: string; format: 'pretty' | 'json' }): Promise<number> {
  const findings = await Promise.all([
    node(),
    generated(),
    isolation(),
    engines(),
    loopback(),
    disk(resolve(data)),
    fabric(),
    storedBytes(resolve(data)),
  ])
  const all = findings.flat()
  if (format === 'json') process.stdout.write(`${JSON.stringify({ version: 1, findings: all }, null, 2)}\n`)
  else
    for (const { ok, name, text } of all)
      process.stdout.write(`${ok ? colour.green('✔') : colour.yellow('!')} ${name.padEnd(18)} ${text}\n`)
  const needed = ['node', 'managed policies', 'disk', 'stored bytes']
  return all.some((one) => !one.ok && needed.includes(one.name)) ? exitCode.findings : exitCode.ok
}

/** What the last check of the stored bytes found, where there is a data folder; nothing is checked now. */
async function storedBytes(dataDir: string): Promise<Finding[]> {
  const path = join(dataDir, 'sallyport.db')
  if (!existsSync(path)) return []
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    const row = db.prepare('SELECT value FROM documents WHERE kind = ? AND key = ?').get('s3/scrub', 'last')
    const name = 'stored bytes'
    if (!row)
      return [{ name, ok: true, text: 'not checked yet: a server checks them once a week, an hour after it starts' }]
    const { endedAt, blobs, bytes, damaged, lost, removed } = JSON.parse(String(row['value'])) as ScrubReport
    const at = new Date(endedAt).toISOString()
    const broken = damaged.length + lost.length
    const summary = `${blobs} blobs, ${bytes} bytes checked ${at}; ${removed} of nobody removed`
    return [
      { name, ok: broken === 0, text: broken === 0 ? `as they were written: ${summary}` : summary },
      ...damaged.map(({ of }) => ({ name, ok: false, text: `damaged: ${of}` })),
      ...lost.map(({ of }) => ({ name, ok: false, text: `lost: ${of}` })),
    ]
  } finally {
    db.close()
  }
}

async function node(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0])
  return {
    name: 'node',
    ok: major >= 24,
    text: `${process.version}${major >= 24 ? '' : ': 24 or newer is needed; run ./sallyport, which brings its own'}`,
  }
}

async function generated(): Promise<Finding> {
  const found = await Promise.resolve()
    .then(() => managedPolicy('arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'))
    .catch(() => undefined)
  return {
    name: 'managed policies',
    ok: found !== undefined,
    text: found ? 'AWS-managed policies are at hand' : 'missing: run npm run generate',
  }
}

async function isolation(): Promise<Finding[]> {
  const { tool, isolates, missing } = await processRunner.isolation()
  const apart = Object.entries(isolates)
    .filter(([, yes]) => yes)
    .map(([name]) => name)
  return [
    { name: 'job sandbox', ok: tool !== 'none', text: `${tool}; keeps apart: ${apart.join(', ') || 'nothing'}` },
    ...missing.map((text) => ({ name: 'job sandbox', ok: false, text })),
  ]
}

/** Container engines that jobs could run in instead (`serve --runner`); none is needed. */
async function engines(): Promise<Finding[]> {
  const { openEngine } = await import('../runners/docker/engine.ts')
  return Promise.all(
    (['docker', 'podman'] as const).map((name) =>
      openEngine(name).then(
        ({ version, socket }) => ({ name, ok: true, text: `${version} at ${socket}: serve --runner ${name}` }),
        (error: Error) => ({ name, ok: true, text: `not used: ${error.message}` }),
      ),
    ),
  )
}

/** Interface endpoints stand on addresses of their own in 127/8, which Linux answers and macOS does not. */
function loopback(): Promise<Finding> {
  return new Promise((settle) => {
    const probe = createServer()
    const done = (ok: boolean) =>
      settle({
        name: 'endpoint addresses',
        ok,
        text: ok ? 'all of 127.0.0.0/8 can be listened on' : 'only 127.0.0.1 answers: `endpoint-url` cannot work here',
      })
    probe.once('error', () => done(false))
    probe.listen(0, '127.83.65.76', () => probe.close(() => done(true)))
  })
}

async function disk(folder: string): Promise<Finding> {
  const place = existsSync(folder) ? folder : process.cwd()
  const { bavail, bsize } = await statfs(place)
  const free = (bavail * bsize) / 1024 ** 3
  return { name: 'disk', ok: free > 1, text: `${free.toFixed(1)} GiB free at ${place}` }
}

/** Whether programs can be put into a VPC. */
async function fabric(): Promise<Finding> {
  const { available, mode, missing } = await probeFabric()
  const how = mode === 'root' ? "with root's rights" : 'in a user namespace, without root'
  return {
    name: 'fabric',
    ok: available,
    text: available
      ? `VPCs can be made real here, ${how}: \`sallyport exec\` and jobs run programs inside them`
      : `VPCs cannot be made real here, so \`sallyport exec\` is refused, and jobs of several instances fail; a job's calls to AWS are placed in its VPC, its other traffic is this machine's (EnableNetworkIsolation cuts it off wholly; \`serve --fabric required\` runs no job that would be so). \`serve --fabric proxy\` places programs by a proxy instead, with lower fidelity: only HTTP(S) of programs that ask the proxy is held, and what they see differs from a VPC. ${missing.join(' ')}`,
  }
}
