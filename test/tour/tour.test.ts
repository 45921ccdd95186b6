import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connect } from '../../src/cli/client.ts'
import { variablesOf } from '../../src/cli/env.ts'
import type { TourReport } from '../../src/cli/tour/report.ts'
import { startServer } from '../../src/server.ts'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** Runs the command as a user does. Its temporary folders land in `temporary`. */
function runTour(data: string, temporary: string): Promise<{ code: unknown; report: TourReport; stderr: string }> {
  const args = ['--disable-warning=ExperimentalWarning', main, 'tour', '--data', data, '--format', 'json']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env: { ...process.env, TMPDIR: temporary } }, (error, stdout, stderr) => {
      try {
        resolve({ code: error?.code ?? 0, report: JSON.parse(stdout) as TourReport, stderr })
      } catch {
        reject(new Error(`no report: ${stdout}\n${stderr}`))
      }
    })
  })
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-tour-test-'))
  // As /tmp is: a job's program runs as another user than root, and its sandbox is made there.
  chmodSync(path, 0o755)
  after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function assertAsTold({ code, report, stderr }: Awaited<ReturnType<typeof runTour>>): void {
  assert.deepEqual(
    report.steps.filter((step) => step.status !== 'done').map(({ title, outcome }) => ({ title, outcome })),
    [],
  )
  assert.equal(report.ok, true)
  assert.equal(code, 0)
  assert.equal(stderr, '')
  assert.deepEqual(
    report.steps.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  )
  for (const { title, commands } of report.steps) assert.ok(commands.length > 0, `${title} shows no command`)

  const { model } = report
  assert.match(model!.uri, /^s3:\/\/sagemaker-tour-\w+\/models\/tour-\w+\/output\/model\.tar\.gz$/)
  assert.deepEqual(model!.files, ['model.json'])
  assert.ok(model!.bytes > 0)
  assert.equal(model!.metric.values.length, 12)
  assert.ok(model!.metric.values.at(-1)! < model!.metric.values[0]!)
}

const seen = (report: TourReport) =>
  report.breaks.map(({ error, step, blockers, fixes, repaired }) => ({
    by: error.by,
    code: error.code,
    step,
    layer: blockers[0]?.layer,
    fix: fixes.map((fix) => fix.command.split(' ').slice(0, 3).join(' ')),
    repaired,
  }))

describe('sallyport tour', { concurrency: false }, () => {
  test('starts a server of its own where none runs, and leaves nothing behind', async () => {
    const [data, temporary] = [join(folder(), 'none'), folder()]
    const run = await runTour(data, temporary)
    assertAsTold(run)
    assert.equal(run.report.server.temporary, true)
    assert.equal(existsSync(data), false)
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('sallyport')),
      [],
    )
    assert.deepEqual(seen(run.report), [
      {
        by: 'job',
        code: 'ClientError',
        step: 'DownloadInputData',
        layer: 'exec-role-policy',
        fix: ['aws iam put-role-policy'],
        repaired: 'Completed',
      },
      {
        by: 'job',
        code: 'ClientError',
        step: 'DownloadInputData',
        layer: 'route',
        fix: ['aws ec2 create-vpc-endpoint'],
        repaired: 'Completed',
      },
      {
        by: 'request',
        code: 'ValidationException',
        step: undefined,
        layer: 'trust',
        fix: ['aws iam update-assume-role-policy'],
        repaired: 'Completed',
      },
    ])
    const words = run.report.breaks.map(({ error }) => error.message)
    assert.match(words[0]!, /^Data download failed:Unable to download object s3:.*\(AccessDenied: Access Denied\)$/)
    assert.match(
      words[1]!,
      /^Data download failed:Please ensure that the subnet's route table has a route to an S3 VPC/,
    )
    assert.match(
      words[2]!,
      /^Could not assume role .* allows principal 'sagemaker.amazonaws.com' to assume the role\.$/,
    )
  })

  test('uses the server that runs on the folder, and leaves its world standing', async () => {
    const data = folder()
    const server = await startServer({
      host: '127.0.0.1',
      port: 0,
      dataDir: data,
      region: 'eu-central-1',
      account: '123456789012',
      runner: 'process',
      decisionsMax: 10_000,
      decisionsDays: 1,
      logLevel: 'error',
    })
    try {
      const run = await runTour(data, folder())
      assertAsTold(run)
      assert.deepEqual(run.report.server, { url: server.url, region: 'eu-central-1', temporary: false })
      const client = connect(await variablesOf({ data }))
      const { TrainingJobSummaries: jobs } = await client.call('sagemaker', 'ListTrainingJobs')
      const byStatus = Object.groupBy(jobs as { TrainingJobStatus: string }[], (job) => job.TrainingJobStatus)
      assert.equal(byStatus['Completed']?.length, 4)
      assert.equal(byStatus['Failed']?.length, 2)
      const { VpcEndpoints } = await client.call('ec2', 'DescribeVpcEndpoints')
      assert.equal(VpcEndpoints.length, 1)
    } finally {
      await server.close()
    }
  })
})
