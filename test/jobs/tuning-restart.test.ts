import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { serve, type ChildServer } from '../clients/child-server.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import type { Keys } from '../support/sign.ts'
import { openJobLab } from './lab.ts'
import { definition, limits, tuning } from './tuning-lab.ts'

describe('a server that is killed while a tuning job runs', () => {
  let dataDir: string
  let server: ChildServer
  let keys: Keys
  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    const lab = await openJobLab(['tunes'], { dataDir })
    await lab.close()
    keys = (JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as { admin: Keys }).admin
    server = await serve(dataDir)
  })
  after(async () => {
    await server.end('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
  })

  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  const ask = (operation: string, input: object): Promise<any> =>
    call(server.url, keys, 'sagemaker', operation, { ...input })
  const described = (HyperParameterTuningJobName: string) =>
    ask('DescribeHyperParameterTuningJob', { HyperParameterTuningJobName })
  const launched = async (HyperParameterTuningJobName: string) =>
    (await ask('ListTrainingJobsForHyperParameterTuningJob', { HyperParameterTuningJobName, MaxResults: 100 }))
      .TrainingJobSummaries

  test('goes on with it after its start: what was cut counts, what is left is launched, nothing twice', async () => {
    const slow = { TrainingJobDefinition: definition({ StaticHyperParameters: { epochs: '15', seconds: '0.1' } }) }
    await ask(
      'CreateHyperParameterTuningJob',
      tuning('cut', { Strategy: 'Bayesian', ResourceLimits: limits(5, 2) }, slow),
    )
    await ask('CreateHyperParameterTuningJob', tuning('halted', { ResourceLimits: limits(5, 1) }, slow))
    // A training job that has not begun is queued again after the start; only one whose program runs is cut.
    const runs = async (TrainingJobName: string) => {
      const { TrainingJobStatus: status, TrainingStartTime: start } = await ask('DescribeTrainingJob', {
        TrainingJobName,
      })
      return status === 'InProgress' && start !== undefined
    }
    await until('one has ended and another runs its program', async () => {
      const { TrainingJobStatusCounters: counters } = await described('cut')
      const jobs = await launched('cut')
      const last = jobs.at(-1)?.TrainingJobName
      return counters.Completed >= 1 && jobs.length < 5 && (await runs(last)) && (await launched('halted')).length > 0
    })
    const before = await launched('cut')
    await server.end('SIGKILL')
    server = await serve(dataDir)
    // One that is stopped as the server has just begun.
    await ask('StopHyperParameterTuningJob', { HyperParameterTuningJobName: 'halted' })

    const isOver = async (name: string) =>
      !['InProgress', 'Stopping'].includes((await described(name)).HyperParameterTuningJobStatus)
    await until('both are over', async () => (await isOver('cut')) && (await isOver('halted')))
    const cut = await described('cut')
    assert.equal(cut.HyperParameterTuningJobStatus, 'Completed', cut.FailureReason)
    const jobs = await launched('cut')
    assert.deepEqual(
      jobs.slice(0, before.length).map((one: any) => [one.TrainingJobName, one.TunedHyperParameters]),
      before.map((one: any) => [one.TrainingJobName, one.TunedHyperParameters]),
    )
    assert.deepEqual(
      jobs.map((one: any) => one.TrainingJobName.slice(0, 7)),
      ['cut-001', 'cut-002', 'cut-003', 'cut-004', 'cut-005'],
    )
    const { Completed: completed, RetryableError: cutShort } = cut.TrainingJobStatusCounters
    assert.ok(
      cutShort >= 1 && cutShort <= 2 && completed + cutShort === 5,
      JSON.stringify(cut.TrainingJobStatusCounters),
    )
    const failed = jobs.filter((one: any) => one.TrainingJobStatus === 'Failed')
    for (const one of failed) assert.match(one.FailureReason, /^InternalServerError: The server was stopped/)
    assert.equal((await described('halted')).HyperParameterTuningJobStatus, 'Stopped')
  })
})
