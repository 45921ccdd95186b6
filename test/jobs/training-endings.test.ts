import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { until } from '../clients/until.ts'
import { findObject } from './objects.ts'
import { openJobLab, type JobLab } from './lab.ts'

describe('spot training, checkpoints, retries and output of training jobs', () => {
  let lab: JobLab
  before(async () => {
    lab = await openJobLab(['reports'])
  })
  after(() => lab.close())

  const get = async (Key: string) =>
    Buffer.from((await lab.call('s3', 'GetObject', { Bucket: 'jobs', Key })).Body).toString('utf8')
  const statuses = (description: { SecondaryStatusTransitions?: readonly { Status?: string | undefined }[] }) =>
    description.SecondaryStatusTransitions!.map(({ Status }) => Status)

  const spot = (Environment: Record<string, string>, wait = 120) => ({
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 100, MaxWaitTimeInSeconds: wait },
    Environment,
  })

  test('an interrupted job starts again from its checkpoints, and is not billed for the time between', async () => {
    await lab.start('taken-back', 'reports', {
      ...spot({ SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS: '3', SALLYPORT_SPOT_WAIT_SECONDS: '2' }),
      CheckpointConfig: { S3Uri: 's3://jobs/checkpoints/taken-back' },
      HyperParameters: { checkpoints: '/opt/ml/checkpoints', first: '100', model: '{"m": "1"}' },
    })
    const { description } = await lab.ended('taken-back')
    assert.equal(description.FailureReason, undefined)
    assert.equal(description.TrainingJobStatus, 'Completed')
    assert.equal(
      statuses(description).join(' '),
      'Starting Downloading Training Interrupted Starting Downloading Training Uploading Completed',
    )
    // Each instance has a log stream of its own.
    const { events } = await lab.call('logs', 'FilterLogEvents', {
      logGroupName: '/aws/sagemaker/TrainingJobs',
      logStreamNamePrefix: 'taken-back/algo-1-',
    })
    const lines: string[] = events.map(({ message }: { message: string }) => message)
    assert.equal(new Set(events.map((event: { logStreamName: string }) => event.logStreamName)).size, 2)
    assert.deepEqual(lines.filter((line) => line.startsWith('RUNS ') || line.startsWith('SIGTERM ')).toSorted(), [
      'RUNS 0',
      'RUNS 1',
      'SIGTERM "algo-1"',
    ])
    assert.ok(
      lines.includes('CHECKPOINTS {"steps/runs": "x", "last": "saved at the end"}') ||
        lines.includes('CHECKPOINTS {"last": "saved at the end", "steps/runs": "x"}'),
      lines.join('\n'),
    )
    assert.equal(await get('checkpoints/taken-back/steps/runs'), 'xx')
    const { TrainingTimeInSeconds: whole, BillableTimeInSeconds: billed } = description
    assert.ok(whole! - billed! >= 1 && billed! >= 3, `${whole} ${billed}`)
  })

  test('checkpoints go to S3 while the program runs, without what links lead to', async () => {
    await lab.start('keeps', 'reports', {
      CheckpointConfig: { S3Uri: 's3://jobs/checkpoints/keeps/', LocalPath: '/tmp/points' },
      HyperParameters: { checkpoints: '/tmp/points', link: '/etc/hostname', seconds: '100' },
    })
    await until('a checkpoint is in S3', async () =>
      get('checkpoints/keeps/steps/runs').then(
        (text) => text === 'x',
        () => false,
      ),
    )
    await lab.call('sagemaker', 'StopTrainingJob', { TrainingJobName: 'keeps' })
    const { description } = await lab.ended('keeps')
    assert.equal(description.SecondaryStatus, 'Stopped')
    const { Contents } = await lab.call('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix: 'checkpoints/keeps/' })
    assert.deepEqual(
      Contents.map(({ Key }: { Key: string }) => Key),
      ['checkpoints/keeps/last', 'checkpoints/keeps/steps/runs'],
    )
  })

  test('a spot job that waits too long is ended', async () => {
    await lab.start('waits', 'reports', {
      ...spot({ SALLYPORT_SPOT_INTERRUPT_AFTER_SECONDS: '0.5', SALLYPORT_SPOT_WAIT_SECONDS: '100' }, 3),
      StoppingCondition: { MaxRuntimeInSeconds: 2, MaxWaitTimeInSeconds: 3 },
      HyperParameters: { seconds: '100' },
    })
    const { description } = await lab.ended('waits')
    assert.deepEqual([description.TrainingJobStatus, description.SecondaryStatus], ['Stopped', 'MaxWaitTimeExceeded'])
    assert.ok(description.BillableTimeInSeconds! < description.TrainingTimeInSeconds!)
  })

  test('a job that runs too long is ended, and keeps what it had', async () => {
    await lab.start('long', 'reports', {
      StoppingCondition: { MaxRuntimeInSeconds: 2 },
      HyperParameters: { seconds: '100', model: '{"m": "1"}' },
    })
    const { description } = await lab.ended('long')
    assert.deepEqual([description.TrainingJobStatus, description.SecondaryStatus], ['Stopped', 'MaxRuntimeExceeded'])
    assert.deepEqual(await findObject(lab, 'out/long/output/model.tar.gz'), ['m'])
    assert.equal(description.BillableTimeInSeconds, description.TrainingTimeInSeconds)
  })

  test('an uncompressed model: object by object', async () => {
    await lab.start('plain', 'reports', {
      OutputDataConfig: { S3OutputPath: 's3://jobs/out/', CompressionType: 'NONE' },
      HyperParameters: { model: '{"a": "1", "deep/b": "", "c": "3"}' },
    })
    const { description } = await lab.ended('plain')
    assert.equal(description.ModelArtifacts?.S3ModelArtifacts, 's3://jobs/out/plain/output/model/')
    const { Contents } = await lab.call('s3', 'ListObjectsV2', { Bucket: 'jobs', Prefix: 'out/plain/' })
    assert.deepEqual(
      Contents.map(({ Key, Size }: { Key: string; Size: number }) => [Key, Size]),
      [
        ['out/plain/output/model/a', 1],
        ['out/plain/output/model/c', 1],
        ['out/plain/output/model/deep/b', 0],
      ],
    )
  })

  test('a link in place of an output folder brings nothing of this machine out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    writeFileSync(join(folder, 'secret'), 'a secret of the machine')
    for (const [name, code] of [
      ['swaps', '0'],
      ['swaps-and-fails', '2'],
    ] as const)
      await lab.start(name, 'reports', { HyperParameters: { swap: folder, code } })
    await lab.ended('swaps')
    assert.deepEqual(await findObject(lab, 'out/swaps/output/model.tar.gz'), [])
    const { description } = await lab.ended('swaps-and-fails')
    assert.equal(description.FailureReason, 'AlgorithmError: , exit code: 2')
    rmSync(folder, { recursive: true, force: true })
  })
})

test('a fault of the service is tried again as RetryStrategy says', async () => {
  const lab = await openJobLab(['reports'], { fabric: 'off' })
  try {
    await lab.start('tried', 'reports', {
      // Several instances need a network of their own, which there is none of here.
      ResourceConfig: { InstanceCount: 2 },
      RetryStrategy: { MaximumRetryAttempts: 2 },
    })
    const { description, steps } = await lab.ended('tried')
    assert.match(description.FailureReason!, /^InternalServerError: The job's network cannot be made here\./)
    assert.equal(description.SecondaryStatusTransitions!.filter(({ Status }) => Status === 'Starting').length, 3)
    assert.equal(steps.filter(({ name, status }) => name === 'JoinNetwork' && status === 'failed').length, 3)
  } finally {
    await lab.close()
  }
})
