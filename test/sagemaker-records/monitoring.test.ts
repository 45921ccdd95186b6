import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { arnOf, openRecordLab, requests, roleArn, type RecordLab } from './lab.ts'

const role = roleArn('execution')

describe('a monitoring schedule', () => {
  let lab: RecordLab
  before(async () => (lab = await openRecordLab()))
  after(() => lab.server.close())

  const configOf = (changes: object = {}) => ({
    ...requests.CreateMonitoringSchedule(role, '').MonitoringScheduleConfig,
    ...changes,
  })
  const make = (name: string, changes: object = {}) =>
    lab.call('sagemaker', 'CreateMonitoringSchedule', {
      MonitoringScheduleName: name,
      MonitoringScheduleConfig: configOf(changes),
    })
  const of = (operation: string, MonitoringScheduleName: string, more: object = {}) =>
    lab.call('sagemaker', `${operation}MonitoringSchedule`, { MonitoringScheduleName, ...more })
  const statusOf = async (name: string) => (await of('Describe', name)).MonitoringScheduleStatus
  const scheduled = (name: string) => until(`${name} is scheduled`, async () => (await statusOf(name)) === 'Scheduled')

  it('is made, stopped, started, changed, listed and deleted', async () => {
    await make('all')
    await scheduled('all')
    await of('Stop', 'all')
    assert.equal(await statusOf('all'), 'Stopped')
    await assert.rejects(of('Stop', 'all'), /is in status Stopped/)
    await of('Start', 'all')
    const MonitoringScheduleConfig = configOf({ ScheduleConfig: { ScheduleExpression: 'cron(0 * ? * * *)' } })
    await of('Update', 'all', { MonitoringScheduleConfig })
    await scheduled('all')
    const described = await of('Describe', 'all')
    assert.equal(described.MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression, 'cron(0 * ? * * *)')
    assert.equal(described.MonitoringType, 'DataQuality')
    const { MonitoringScheduleSummaries } = await lab.call('sagemaker', 'ListMonitoringSchedules', {
      MonitoringTypeEquals: 'DataQuality',
    })
    assert.equal(MonitoringScheduleSummaries[0].MonitoringScheduleArn, arnOf('monitoring-schedule', 'all'))
    await of('Delete', 'all')
    await assert.rejects(of('Describe', 'all'), { code: 'ResourceNotFound' })
  })

  const refused: { name: string; changes: object; message: RegExp }[] = [
    {
      name: 'cron',
      changes: { ScheduleConfig: { ScheduleExpression: 'cron(5 1 ? * * *)' } },
      message: /Invalid Schedule/,
    },
    { name: 'now', changes: { ScheduleConfig: { ScheduleExpression: 'NOW' } }, message: /required when .* is NOW/ },
    {
      name: 'window',
      changes: {
        ScheduleConfig: {
          ScheduleExpression: 'NOW',
          DataAnalysisStartTime: '-P3D',
          DataAnalysisEndTime: '-P1D',
        },
      },
      message: /not be longer than 24 hours/,
    },
    { name: 'both', changes: { MonitoringJobDefinitionName: 'x' }, message: /Exactly one of MonitoringJobDefinition / },
    {
      name: 'unknown-definition',
      changes: { MonitoringJobDefinition: undefined, MonitoringJobDefinitionName: 'x', MonitoringType: 'ModelBias' },
      message: /Could not find job definition "arn:aws:sagemaker:us-east-1:123456789012:model-bias-job-definition\/x"/,
    },
    {
      name: 'unknown-endpoint',
      changes: {
        MonitoringJobDefinition: {
          ...configOf().MonitoringJobDefinition,
          MonitoringInputs: [{ EndpointInput: { EndpointName: 'none', LocalPath: '/opt/ml/processing/input' } }],
        },
      },
      message: /^Could not find endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint\/none"\.$/,
    },
  ]
  for (const { name, changes, message } of refused) {
    it(`is refused: ${name}`, () => assert.rejects(make(name, changes), { message }))
  }

  it('can be held to instances, subnets and isolation by the caller’s policy', async () => {
    const keys = await lab.user(
      'bounded',
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'sagemaker:CreateMonitoringSchedule',
        Resource: '*',
        Condition: {
          'ForAllValues:StringLike': { 'sagemaker:InstanceTypes': 'ml.m5.*' },
          Bool: { 'sagemaker:NetworkIsolation': 'true' },
        },
      },
    )
    const ask = (MonitoringScheduleName: string, EnableNetworkIsolation: boolean) =>
      call(lab.server.url, keys, 'sagemaker', 'CreateMonitoringSchedule', {
        MonitoringScheduleName,
        MonitoringScheduleConfig: configOf({
          MonitoringJobDefinition: {
            ...configOf().MonitoringJobDefinition,
            NetworkConfig: { EnableNetworkIsolation },
          },
        }),
      })
    await assert.rejects(ask('open', false), { code: 'AccessDeniedException' })
    await ask('isolated', true)
  })

  it('takes a job definition by its name', async () => {
    await lab.call('sagemaker', 'CreateDataQualityJobDefinition', {
      ...requests.CreateDataQualityJobDefinition(role, 'quality'),
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    const name = { JobDefinitionName: 'quality' }
    const described = await lab.call('sagemaker', 'DescribeDataQualityJobDefinition', name)
    assert.equal(described.RoleArn, role)
    assert.equal(
      described.DataQualityAppSpecification.ImageUri,
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/monitor:latest',
    )
    const { JobDefinitionSummaries } = await lab.call('sagemaker', 'ListDataQualityJobDefinitions')
    assert.equal(JobDefinitionSummaries[0].MonitoringJobDefinitionName, 'quality')
    const { Tags } = await lab.call('sagemaker', 'ListTags', { ResourceArn: described.JobDefinitionArn })
    assert.deepEqual(Tags, [{ Key: 'team', Value: 'a' }])
    await make('named', {
      MonitoringJobDefinition: undefined,
      MonitoringJobDefinitionName: 'quality',
      MonitoringType: 'DataQuality',
    })
    await scheduled('named')
    await lab.call('sagemaker', 'DeleteDataQualityJobDefinition', name)
    await assert.rejects(lab.call('sagemaker', 'DescribeDataQualityJobDefinition', name), { code: 'ResourceNotFound' })
  })
})
