import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Acting } from '../../src/jobs/acting.ts'
import { openJobNetwork } from '../../src/jobs/container-network.ts'
import { probeIsolation } from '../../src/runners/isolation.ts'
import { processRunner, runnerWith } from '../../src/runners/process.ts'
import type { PreparedImage, RunSpec, Runner } from '../../src/runners/runner.ts'
import { openJobLab, type JobLab } from './lab.ts'

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

const script = `
cat /etc/hosts
curl --silent --show-error --output /dev/null --write-out '%{http_code}\\n' https://sts.us-east-1.amazonaws.com/
curl --silent --output /dev/null --write-out '%{http_code}\\n' http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
`

describe('containers in the fabric find names, certificates and credentials', () => {
  let lab: JobLab
  let folder: string

  before(async () => {
    lab = await openJobLab([])
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  })
  after(async () => {
    await lab.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs the script on an image, at a place of its own. */
  async function ran(runner: Runner, name: string, image: PreparedImage, view: { root: string }) {
    const { world, account, region, dataDir } = lab.server
    const roleArn = `arn:aws:iam::${account}:role/jobs`
    const arn = `arn:aws:sagemaker:${region}:${account}:training-job/${name}`
    const acting = new Acting(world, { roleArn, arn, account, region })
    const wish = { account, region, roleArn, isolated: false, count: 1, interfaces: [], folder }
    const network = await openJobNetwork(world, runner, acting, wish)
    assert.equal(network.notice, undefined)
    const ml = join(folder, name, 'ml')
    mkdirSync(ml, { recursive: true })
    try {
      const spec: RunSpec = {
        name,
        image,
        entrypoint: ['/bin/sh', '-c', script],
        arguments: [],
        ml,
        hide: [dataDir],
        records: join(folder, 'running'),
        ...(await network.host(0, view)),
      }
      const running = await runner.start(spec)
      const lines: string[] = []
      for await (const { text } of running.output) lines.push(text)
      return lines
    } finally {
      await network.close()
    }
  }

  /** The script's own words: the host by name, an answer of the endpoint, credentials. */
  function assertGood(lines: string[]): void {
    assert.ok(
      lines.some((line) => /^10\.2\.\d+\.\d+\talgo-1$/.test(line)),
      lines.join('\n'),
    )
    assert.deepEqual(lines.slice(-2), ['404', '200'])
  }

  test("in an image's own root file system", async () => {
    const directory = join(folder, 'root')
    const image = await processRunner.prepare({ config: { config: {} }, layers: [] }, directory)
    for (const path of ['/bin/sh', '/bin/cat', '/usr/bin/curl'].flatMap((program) => [
      program,
      ...librariesOf(program),
    ]))
      copyInto(directory, path)
    copyInto(directory, BUNDLE)
    assertGood(await ran(processRunner, 'own-root', image, { root: directory }))
  })

  test('by util-linux alone', async () => {
    const best = await probeIsolation()
    const runner = runnerWith(() => Promise.resolve({ ...best, tool: 'unshare' }))
    const directory = join(folder, 'program')
    mkdirSync(join(directory, 'opt/program'), { recursive: true })
    const image: PreparedImage = { config: {}, directory, rootfs: 'host' }
    assertGood(await ran(runner, 'host-root', image, { root: '/' }))
  })
})

function copyInto(directory: string, path: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  copyFileSync(path, join(directory, path))
}

/** Shared libraries of a program, its loader among them, and those by which it looks up names. */
function librariesOf(program: string): string[] {
  const told = execFileSync('ldd', [program], { encoding: 'utf8' })
  return told.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])
}
