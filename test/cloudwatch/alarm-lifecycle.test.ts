import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { evaluateAlarms } from '../../src/services/cloudwatch/watch.ts'
import { refused } from '../application-autoscaling/refused.ts'
import { openLab, START, type Lab } from './lab.ts'

let lab: Lab
before(() => void (lab = openLab()))
after(() => lab.close())

const cloudwatch = (operation: string, input: object = {}) => lab.call('cloudwatch', operation, { ...input })
const put = (MetricName: string, Value: number, more: object = {}) =>
  cloudwatch('PutMetricData', { Namespace: 'Lab', MetricData: [{ MetricName, Value, ...more }] })
const evaluate = () => evaluateAlarms(lab.world)

const watched = (MetricName: string, more: object = {}) => ({
  AlarmName: MetricName,
  Namespace: 'Lab',
  MetricName,
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
  ...more,
})
const alarm = async (name: string) => (await cloudwatch('DescribeAlarms', { AlarmNames: [name] })).MetricAlarms[0]
const history = async (AlarmName: string, HistoryItemType?: string) => {
  const { AlarmHistoryItems } = await cloudwatch('DescribeAlarmHistory', { AlarmName, HistoryItemType })
  return AlarmHistoryItems.map(({ HistorySummary }: { HistorySummary: string }) => HistorySummary) as string[]
}

describe('a metric alarm', () => {
  it('begins unchecked, goes by its data, and tells why in the words of AWS', async () => {
    const topic = 'arn:aws:sns:us-east-1:123456789012:pager'
    await cloudwatch('PutMetricAlarm', watched('load', { AlarmActions: [topic], Tags: [{ Key: 'team', Value: 'a' }] }))
    const fresh = await alarm('load')
    assert.equal(fresh.StateValue, 'INSUFFICIENT_DATA')
    assert.equal(fresh.StateReason, 'Unchecked: Initial alarm creation')
    assert.equal(fresh.AlarmArn, 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:load')

    await put('load', 50)
    lab.wait(60)
    await evaluate()
    const red = await alarm('load')
    assert.equal(red.StateValue, 'ALARM')
    assert.equal(
      red.StateReason,
      'Threshold Crossed: 1 datapoint [50.0 (23/11/26 10:00:00)] was greater than the threshold (10.0).',
    )
    assert.equal(
      red.StateReasonData,
      '{"version":"1.0","queryDate":"2026-11-23T10:01:00.000+0000","startDate":"2026-11-23T10:00:00.000+0000","statistic":"Sum","period":60,' +
        '"recentDatapoints":[50.0],"threshold":10.0,"evaluatedDatapoints":[{"timestamp":"2026-11-23T10:00:00.000+0000","sampleCount":1.0,"value":50.0}]}',
    )
    assert.equal(red.StateTransitionedTimestamp, START + 60)
    assert.deepEqual(await history('load'), [
      `Failed to execute action ${topic}. Received error: "Sallyport does not build the service of ${topic}"`,
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      'Alarm "load" created',
    ])

    await put('load', 1)
    lab.wait(60)
    await evaluate()
    assert.equal((await alarm('load')).StateValue, 'OK')
    lab.wait(600)
    await evaluate()
    const gone = await alarm('load')
    assert.deepEqual(
      [gone.StateValue, gone.StateReason],
      ['INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.'],
    )
    const changes = (await history('load', 'StateUpdate')).length
    await evaluate()
    assert.equal((await history('load', 'StateUpdate')).length, changes, 'no change, no history')
  })

  it('watches math', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'Lab', MetricName }, Period: 60, Stat: 'Sum' },
    })
    await cloudwatch('PutMetricAlarm', {
      AlarmName: 'rate',
      EvaluationPeriods: 1,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Metrics: [{ Id: 'e', Expression: 'FILL(bad, 0) / all' }, metric('bad', 'bad'), metric('all', 'all')],
    })
    await put('all', 10)
    lab.wait(60)
    await evaluate()
    assert.equal((await alarm('rate')).StateValue, 'OK')
    await put('all', 10)
    await put('bad', 5)
    lab.wait(60)
    await evaluate()
    assert.equal((await alarm('rate')).StateValue, 'ALARM')
  })

  it('looks every ten seconds where it is of high resolution', async () => {
    await cloudwatch('PutMetricAlarm', watched('fast', { Period: 10 }))
    await cloudwatch('PutMetricAlarm', watched('slow'))
    await put('fast', 50, { StorageResolution: 1 })
    await put('slow', 50)
    lab.wait(10)
    await evaluateAlarms(lab.world, 'high-resolution')
    assert.equal((await alarm('fast')).StateValue, 'ALARM')
    assert.equal((await alarm('slow')).StateValue, 'INSUFFICIENT_DATA')
    lab.wait(50)
  })

  it('is set, enabled and disabled, tagged, found and deleted', async () => {
    await cloudwatch(
      'PutMetricAlarm',
      watched('manual', { AlarmActions: ['arn:aws:lambda:us-east-1:123456789012:function:f'] }),
    )
    await cloudwatch('DisableAlarmActions', { AlarmNames: ['manual', 'nobody'] })
    await cloudwatch('SetAlarmState', { AlarmName: 'manual', StateValue: 'ALARM', StateReason: 'a test' })
    assert.deepEqual(await history('manual', 'Action'), [], 'actions are off')
    await cloudwatch('EnableAlarmActions', { AlarmNames: ['manual'] })
    await cloudwatch('SetAlarmState', { AlarmName: 'manual', StateValue: 'OK', StateReason: 'a test' })
    await cloudwatch('SetAlarmState', { AlarmName: 'manual', StateValue: 'ALARM', StateReason: 'a test' })
    assert.equal((await history('manual', 'Action')).length, 1)

    const { AlarmArn: ResourceARN } = await alarm('manual')
    await cloudwatch('TagResource', {
      ResourceARN,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    })
    await cloudwatch('UntagResource', { ResourceARN, TagKeys: ['a'] })
    assert.deepEqual((await cloudwatch('ListTagsForResource', { ResourceARN })).Tags, [{ Key: 'b', Value: '2' }])

    const ofMetric = { Namespace: 'Lab', MetricName: 'manual' }
    assert.equal((await cloudwatch('DescribeAlarmsForMetric', ofMetric)).MetricAlarms.length, 1)
    assert.equal((await cloudwatch('DescribeAlarmsForMetric', { ...ofMetric, Period: 300 })).MetricAlarms.length, 0)
    assert.equal(
      (await cloudwatch('DescribeAlarms', { AlarmNamePrefix: 'man', StateValue: 'ALARM' })).MetricAlarms.length,
      1,
    )

    assert.equal((await refused(cloudwatch('DeleteAlarms', { AlarmNames: ['nobody'] }))).code, 'ResourceNotFound')
    await cloudwatch('DeleteAlarms', { AlarmNames: ['nobody', 'manual'] })
    assert.equal(await alarm('manual'), undefined)
    assert.equal((await history('manual'))[0], 'Alarm "manual" deleted')
  })

  it('comes in pages, in order of names', async () => {
    const names: string[] = []
    let NextToken: string | undefined
    do {
      const page = await cloudwatch('DescribeAlarms', { MaxRecords: 2, NextToken })
      names.push(...page.MetricAlarms.map(({ AlarmName }: { AlarmName: string }) => AlarmName))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    assert.deepEqual(names, ['fast', 'load', 'rate', 'slow'])
  })

  const wrong: [what: string, change: object, code: string, message?: RegExp][] = [
    ['no threshold', { Threshold: undefined }, 'ValidationError'],
    ['no periods', { EvaluationPeriods: undefined }, 'MissingParameter'],
    ['more datapoints than periods', { DatapointsToAlarm: 2 }, 'ValidationError'],
    ['two statistics', { ExtendedStatistic: 'p90' }, 'ValidationError'],
    ['a period of its own', { Period: 45 }, 'ValidationError'],
    ['more than a day', { EvaluationPeriods: 25, Period: 3540 }, 'ValidationError'],
    ['a treatment of its own', { TreatMissingData: 'guess' }, 'ValidationError'],
    ['an action that is no ARN', { AlarmActions: ['page me'] }, 'ValidationError', /^Invalid arn syntax: page me$/],
    [
      'another Region',
      { AlarmActions: ['arn:aws:sns:us-west-2:123456789012:t'] },
      'ValidationError',
      /^Invalid region us-west-2 specified\. Only us-east-1 is supported\.$/,
    ],
    ['anomaly detection', { ThresholdMetricId: 'ad1' }, 'NotImplemented', /ThresholdMetricId/],
    ['a band', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'NotImplemented'],
  ]
  for (const [what, change, code, message] of wrong) {
    it(`is not made with ${what}`, async () => {
      const error = await refused(cloudwatch('PutMetricAlarm', watched('wrong', change)))
      assert.equal(error.code, code, error.message)
      if (message) assert.match(error.message, message)
      assert.equal(await alarm('wrong'), undefined)
    })
  }
})

describe('a composite alarm', () => {
  const composite = async (name: string) =>
    (await cloudwatch('DescribeAlarms', { AlarmNames: [name], AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms[0]
  const set = (AlarmName: string, StateValue: string) =>
    cloudwatch('SetAlarmState', { AlarmName, StateValue, StateReason: 'a test' })

  it('follows its children at once, and theirs follow it', async () => {
    for (const name of ['a', 'b']) await cloudwatch('PutMetricAlarm', watched(name, { TreatMissingData: 'ignore' }))
    await cloudwatch('PutCompositeAlarm', { AlarmName: 'both', AlarmRule: 'ALARM(a) AND ALARM("b")' })
    await cloudwatch('PutCompositeAlarm', { AlarmName: 'above', AlarmRule: 'ALARM(both) OR ALARM(above)' }).catch(
      () => undefined,
    )
    await cloudwatch('PutCompositeAlarm', { AlarmName: 'above', AlarmRule: 'ALARM(both)' })
    await evaluate()
    assert.equal((await composite('both')).StateValue, 'OK')
    await set('a', 'ALARM')
    assert.equal((await composite('both')).StateValue, 'OK')
    await set('b', 'ALARM')
    const { StateValue, StateReason } = await composite('both')
    assert.equal(StateValue, 'ALARM')
    assert.match(
      StateReason,
      /^arn:aws:cloudwatch:us-east-1:123456789012:alarm:b transitioned to ALARM at Monday 23 November, 2026 \d\d:\d\d:00 UTC$/,
    )
    assert.equal((await composite('above')).StateValue, 'ALARM')
    const children = await cloudwatch('DescribeAlarms', { ChildrenOfAlarmName: 'both' })
    assert.equal(children.MetricAlarms.length, 2)
    assert.equal(
      (await cloudwatch('DescribeAlarms', { ParentsOfAlarmName: 'both' })).CompositeAlarms[0].AlarmName,
      'above',
    )
  })

  it('holds its actions back while its suppressor is in ALARM', async () => {
    for (const name of ['c', 'maintenance'])
      await cloudwatch('PutMetricAlarm', watched(name, { TreatMissingData: 'ignore' }))
    await cloudwatch('PutCompositeAlarm', {
      AlarmName: 'quiet',
      AlarmRule: 'ALARM(c)',
      AlarmActions: ['arn:aws:sns:us-east-1:123456789012:pager'],
      ActionsSuppressor: 'maintenance',
      ActionsSuppressorWaitPeriod: 60,
      ActionsSuppressorExtensionPeriod: 120,
    })
    await evaluate()
    lab.wait(60)
    await evaluate()
    const acted = async () => (await history('quiet', 'Action')).length
    await set('c', 'ALARM')
    assert.equal((await composite('quiet')).ActionsSuppressedBy, 'WaitPeriod')
    await set('maintenance', 'ALARM')
    await evaluate()
    assert.equal((await composite('quiet')).ActionsSuppressedBy, 'Alarm')
    lab.wait(600)
    await evaluate()
    assert.equal(await acted(), 0)
    await set('maintenance', 'OK')
    await evaluate()
    assert.equal((await composite('quiet')).ActionsSuppressedBy, 'ExtensionPeriod')
    lab.wait(119)
    await evaluate()
    assert.equal(await acted(), 0)
    lab.wait(1)
    await evaluate()
    assert.equal(await acted(), 1)
    assert.equal((await composite('quiet')).ActionsSuppressedBy, undefined)
  })

  for (const AlarmRule of ['ALARM(', 'a', 'ALARM(nobody)'])
    it(`is not made of ${AlarmRule}`, async () => {
      assert.equal(
        (await refused(cloudwatch('PutCompositeAlarm', { AlarmName: 'x', AlarmRule }))).code,
        'ValidationError',
      )
    })
})

describe('a dashboard', () => {
  const DashboardBody = JSON.stringify({
    widgets: [{ type: 'text', x: 0, y: 0, width: 6, height: 3, properties: { markdown: 'hello' } }],
  })
  it('is a record', async () => {
    assert.deepEqual(
      (await cloudwatch('PutDashboard', { DashboardName: 'd', DashboardBody })).DashboardValidationMessages,
      [],
    )
    assert.equal((await cloudwatch('GetDashboard', { DashboardName: 'd' })).DashboardBody, DashboardBody)
    const [entry] = (await cloudwatch('ListDashboards')).DashboardEntries
    assert.deepEqual(
      [entry.DashboardArn, entry.Size],
      ['arn:aws:cloudwatch::123456789012:dashboard/d', DashboardBody.length],
    )
    await cloudwatch('DeleteDashboards', { DashboardNames: ['d'] })
    assert.equal((await refused(cloudwatch('GetDashboard', { DashboardName: 'd' }))).code, 'DashboardNotFoundError')
  })
  for (const [name, body] of [
    ['d', 'no JSON'],
    ['d', '{"widgets":{}}'],
    ['d', '{"widgets":[{"type":"pie","properties":{}}]}'],
    ['d', '{"widgets":[{"type":"text","width":25,"properties":{"markdown":""}}]}'],
    ['a name', DashboardBody],
  ] as const)
    it(`is not taken as ${name}: ${body.slice(0, 50)}`, async () => {
      const { code } = await refused(cloudwatch('PutDashboard', { DashboardName: name, DashboardBody: body }))
      assert.equal(code, 'DashboardInvalidInputError')
    })
})
