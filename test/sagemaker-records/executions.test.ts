import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { imagePush } from '../../src/cli/image-push.ts'
import { executionKey, saveExecution } from '../../src/services/sagemaker/monitoring/execution.ts'
import { monitoringSchedules } from '../../src/services/sagemaker/monitoring/monitoring-schedule.ts'
import { runDue } from '../../src/services/sagemaker/monitoring/run-schedules.ts'
import { until } from '../clients/until.ts'
import { account, openRecordLab, requests, roleArn, type RecordLab } from './lab.ts'

const HOUR_MS = 3_600_000
const imageUri = `${account}.dkr.ecr.us-east-1.amazonaws.com/monitor:latest`
const hourOf = (time: number) => new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')

/** Model Monitor runs processing jobs in the role's name (Developer Guide, "Support for Your Own Containers"). */
describe('an execution of a monitoring schedule', () => {
  let lab: RecordLab
  before(async () => {
    lab = await openRecordLab()
    const all = ['s3:*', 'ecr:*', 'logs:*', 'cloudwatch:PutMetricData']
    await lab.allowRole({ Effect: 'Allow', Action: all, Resource: '*' })
    const dir = fileURLToPath(new URL('programs/monitors', import.meta.url))
    await imagePush({
      dir,
      imageUri,
      entrypoint: './monitor',
      call: (...asked) => lab.call(...asked),
      progress: () => {},
    })
    await lab.call('s3', 'PutObject', { Bucket: 'records', Key: 'baseline/constraints.json', Body: '{}' })
    const Key = `captured/${hourOf(Date.now())}/rows.csv`
    await lab.call('s3', 'PutObject', { Bucket: 'records', Key, Body: '1,2\n3,4\n' })
  })
  after(() => lab.server.close())

  const now = { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT2H', DataAnalysisEndTime: 'PT1H' }
  const make = (MonitoringScheduleName: string, ScheduleConfig: object = now) => {
    const { MonitoringJobDefinition } = requests.CreateMonitoringSchedule(
      roleArn('execution'),
      '',
    ).MonitoringScheduleConfig
    return lab.call('sagemaker', 'CreateMonitoringSchedule', {
      MonitoringScheduleName,
      MonitoringScheduleConfig: {
        ScheduleConfig,
        MonitoringJobDefinition: {
          ...MonitoringJobDefinition,
          BaselineConfig: { ConstraintsResource: { S3Uri: 's3://records/baseline/constraints.json' } },
          Environment: { own: 'kept' },
        },
      },
    })
  }
  const executions = async (MonitoringScheduleName: string) =>
    (await lab.call('sagemaker', 'ListMonitoringExecutions', { MonitoringScheduleName })).MonitoringExecutionSummaries
  const over = async (name: string) => {
    await until(`${name} is over`, async () => {
      const [first] = await executions(name)
      return first && !['Pending', 'InProgress'].includes(first.MonitoringExecutionStatus)
    })
    return executions(name)
  }

  it('is a processing job that finds its data, its constraints and its contract', async () => {
    await make('now')
    const [execution, ...others] = await over('now')
    assert.deepEqual(
      [execution.FailureReason, execution.MonitoringExecutionStatus],
      [undefined, 'CompletedWithViolations'],
    )
    assert.deepEqual(others, [])
    assert.match(execution.ProcessingJobArn, /:processing-job\/model-monitoring-\d{12}-[0-9a-f]{24}$/)
    const Key = `reports/now/${hourOf(execution.ScheduledTime * 1000)}/report.json`
    const { Body } = await lab.call('s3', 'GetObject', { Bucket: 'records', Key })
    const report = JSON.parse(Buffer.isBuffer(Body) ? Body.toString() : await text(Body))
    assert.deepEqual(
      { ...report, start_time: '', end_time: '' },
      {
        dataset_format: '{"csv":{"header":true}}',
        start_time: '',
        end_time: '',
        own: 'kept',
        schedule: 'now',
        rows: 2,
        constraints: '{}',
      },
    )
    assert.equal(Date.parse(report.end_time) - Date.parse(report.start_time), 3 * HOUR_MS)
    const { LastMonitoringExecutionSummary: last } = await lab.call('sagemaker', 'DescribeMonitoringSchedule', {
      MonitoringScheduleName: 'now',
    })
    assert.deepEqual(last, execution)
    const ProcessingJobName = execution.ProcessingJobArn.split('/')[1]
    const job = await lab.call('sagemaker', 'DescribeProcessingJob', { ProcessingJobName })
    assert.equal(job.MonitoringScheduleArn, `arn:aws:sagemaker:us-east-1:${account}:monitoring-schedule/now`)
  })

  it('says so when its window has no data', async () => {
    await make('empty', { ...now, DataAnalysisStartTime: '-PT10H', DataAnalysisEndTime: '-PT8H' })
    const [{ MonitoringExecutionStatus, FailureReason, ProcessingJobArn }] = await over('empty')
    assert.deepEqual(
      [MonitoringExecutionStatus, FailureReason, ProcessingJobArn],
      ['Failed', 'Job inputs had no data', undefined],
    )
  })

  it('fails where its role may not look for data', async (t) => {
    const all = { Effect: 'Allow', Action: ['s3:*', 'ecr:*', 'logs:*'], Resource: '*' }
    t.after(() => lab.allowRole(all))
    await lab.allowRole(all, { Effect: 'Deny', Action: 's3:ListBucket', Resource: '*' })
    await make('denied')
    const [{ FailureReason }] = await over('denied')
    assert.match(FailureReason, /s3:ListBucket.* with an explicit deny in an identity-based policy/)
  })

  it('is made once for what was due while nobody looked, and never for a schedule that is stopped', async () => {
    const { world } = lab.server
    const at = { account, region: 'us-east-1' }
    for (const name of ['missed', 'stopped']) {
      await make(name, { ScheduleExpression: 'cron(0 * ? * * *)' })
      await until(`${name} is scheduled`, () => monitoringSchedules.must(world.store, at, name).next !== undefined)
    }
    await lab.call('sagemaker', 'StopMonitoringSchedule', { MonitoringScheduleName: 'stopped' })
    const lastHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
    monitoringSchedules.change(world.store, { ...at, name: 'missed' }, (schedule) => {
      schedule.next = lastHour - 5 * HOUR_MS
    })
    await runDue(world)
    await runDue(world)
    const made = await executions('missed')
    assert.deepEqual(
      made.map((one: { ScheduledTime: number }) => one.ScheduledTime * 1000),
      [lastHour],
    )
    assert.equal(monitoringSchedules.must(world.store, at, 'missed').next, lastHour + HOUR_MS)
    assert.deepEqual(await executions('stopped'), [])
  })

  it('goes on when a server ended before its job was made', async () => {
    const { world } = lab.server
    const at = { account, region: 'us-east-1' }
    await make('cut', { ScheduleExpression: 'cron(0 * ? * * *)' })
    const scheduled = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS
    const times = {
      ScheduledTime: scheduled / 1000,
      CreationTime: scheduled / 1000,
      LastModifiedTime: scheduled / 1000,
    }
    saveExecution(world.store, {
      ...at,
      key: executionKey(at, 'cut', scheduled),
      summary: { MonitoringScheduleName: 'cut', MonitoringExecutionStatus: 'Pending', ...times },
    })
    await runDue(world)
    const [{ MonitoringExecutionStatus }] = await executions('cut')
    assert.notEqual(MonitoringExecutionStatus, 'Pending')
  })
})
