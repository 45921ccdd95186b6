import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { evaluateAlarms } from '../../src/services/cloudwatch/watch.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf, type Environment } from './command.ts'
import { jsSdk } from './js-sdk.ts'

let server: TestServer
let env: Environment

before(async () => {
  server = await startTestServer()
  env = await environmentOf(server.dataDir)
})
after(() => server.close())

const now = Math.floor(Date.now() / 60_000)
/** The start of the minute that was so many minutes before these tests began. */
const minute = (ago: number) => new Date((now - ago) * 60_000)
const epoch = (time: unknown) => (time instanceof Date ? time.getTime() : Date.parse(String(time)))
const body = JSON.stringify({
  widgets: [{ type: 'text', x: 0, y: 0, width: 6, height: 3, properties: { markdown: '# Läuft' } }],
})
const region = 'us-east-1'
const account = '123456789012'

/** boto3 speaks JSON, the SDK for JavaScript CBOR. */
for (const [name, connect] of [
  ['boto3', boto3],
  ['the AWS SDK for JavaScript', jsSdk],
] as const) {
  void describe(`CloudWatch by ${name}`, () => {
    let client: ApiClient
    const Namespace = `Clients/${name}`
    const Dimensions = [{ Name: 'Host', Value: 'h 1/ä' }]
    const metric = { Namespace, MetricName: 'load', Dimensions }
    const alarm = (part: string) => `${part} of ${name}`
    const cloudwatch = (operation: string, input: object = {}) => client.call('cloudwatch', operation, input)

    before(() => void (client = connect(env)))
    after(() => client.close())

    void it('puts metric data in every form, and reads statistics', async () => {
      const data = (Timestamp: Date, more: object) => ({ MetricName: 'load', Dimensions, Timestamp, ...more })
      await cloudwatch('PutMetricData', {
        Namespace,
        MetricData: [
          data(minute(3), { Value: 1.5, Unit: 'Seconds' }),
          data(minute(2), { Values: [2, 4], Counts: [3, 1], Unit: 'Seconds' }),
          data(minute(1), { StatisticValues: { SampleCount: 2, Sum: 12, Minimum: 5, Maximum: 7 }, Unit: 'Seconds' }),
        ],
      })
      const { Label, Datapoints } = await cloudwatch('GetMetricStatistics', {
        ...metric,
        StartTime: minute(10).toISOString(),
        EndTime: minute(-1).toISOString(),
        Period: 60,
        Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'],
      })
      assert.equal(Label, 'load')
      assert.deepEqual(
        Datapoints.map(({ Timestamp, ...point }: { Timestamp: unknown }) => ({ at: epoch(Timestamp), ...point })),
        [
          [3, 1, 1.5, 1.5, 1.5, 1.5],
          [2, 4, 10, 2, 4, 2.5],
          [1, 2, 12, 5, 7, 6],
        ].map(([ago, SampleCount, Sum, Minimum, Maximum, Average]) => ({
          at: minute(ago!).getTime(),
          SampleCount,
          Sum,
          Minimum,
          Maximum,
          Average,
          Unit: 'Seconds',
        })),
      )
      const { Metrics } = await cloudwatch('ListMetrics', { Namespace })
      assert.deepEqual(Metrics, [metric])
    })

    void it('computes', async () => {
      const { MetricDataResults } = await cloudwatch('GetMetricData', {
        MetricDataQueries: [
          { Id: 'sum', MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
          { Id: 'n', MetricStat: { Metric: metric, Period: 60, Stat: 'SampleCount' }, ReturnData: false },
          { Id: 'mean', Expression: 'sum / n', Label: '[max ${MAX}] mean' },
          { Id: 'rest', Expression: 'IF(mean > 2, 1, 0)' },
        ],
        StartTime: minute(10).toISOString(),
        EndTime: minute(-1).toISOString(),
        ScanBy: 'TimestampAscending',
      })
      assert.deepEqual(
        MetricDataResults.map(({ Id, Label, Values, StatusCode, Timestamps }: Record<string, unknown[]>) => [
          Id,
          Label,
          Values,
          StatusCode,
          Timestamps!.map(epoch),
        ]),
        [
          ['mean', '[max 6] mean', [1.5, 2.5, 6], 'Complete', [3, 2, 1].map((ago) => minute(ago).getTime())],
          ['rest', 'rest', [0, 1, 1], 'Complete', [3, 2, 1].map((ago) => minute(ago).getTime())],
        ],
      )
    })

    void it('sees an alarm change its state by its data, and the composite alarm on it', async () => {
      await cloudwatch('PutMetricAlarm', {
        ...metric,
        AlarmName: alarm('slow'),
        AlarmDescription: 'Zu langsam – "load"',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 2,
        DatapointsToAlarm: 2,
        Threshold: 3,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions: [`arn:aws:sns:${region}:${account}:pager`],
        Tags: [{ Key: 'team', Value: 'red' }],
      })
      await cloudwatch('PutCompositeAlarm', {
        AlarmName: alarm('any'),
        AlarmRule: `ALARM("${alarm('slow')}") OR ALARM("${alarm('slow')}")`,
      })
      await evaluateAlarms(server.world)
      const { MetricAlarms, CompositeAlarms } = await cloudwatch('DescribeAlarms', {
        AlarmNames: [alarm('slow'), alarm('any')],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      })
      const [slow] = MetricAlarms
      assert.equal(slow.StateValue, 'ALARM')
      assert.match(
        slow.StateReason,
        /^Threshold Crossed: 2 out of the last 2 datapoints \[7\.0 \(.*\), 4\.0 \(.*\)\] were greater than the threshold \(3\.0\) \(minimum 2 datapoints for OK -> ALARM transition\)\.$/,
      )
      assert.equal(slow.AlarmDescription, 'Zu langsam – "load"')
      assert.deepEqual(JSON.parse(slow.StateReasonData).recentDatapoints, [4, 7])
      assert.equal(CompositeAlarms[0].StateValue, 'ALARM')

      const { AlarmHistoryItems } = await cloudwatch('DescribeAlarmHistory', { AlarmName: alarm('slow') })
      assert.deepEqual(
        AlarmHistoryItems.map(({ HistoryItemType }: { HistoryItemType: string }) => HistoryItemType),
        ['Action', 'StateUpdate', 'ConfigurationUpdate'],
      )
      const [action] = AlarmHistoryItems
      assert.equal(JSON.parse(action.HistoryData).actionState, 'Failed')
      const { Tags } = await cloudwatch('ListTagsForResource', { ResourceARN: slow.AlarmArn })
      assert.deepEqual(Tags, [{ Key: 'team', Value: 'red' }])
      const kept = await refused(cloudwatch('DeleteAlarms', { AlarmNames: [alarm('slow')] }))
      assert.equal(kept.message, `Cannot delete ${alarm('slow')} as there are composite alarm(s) depending on it.`)
      await cloudwatch('DeleteAlarms', { AlarmNames: [alarm('any')] })
      await cloudwatch('DeleteAlarms', { AlarmNames: [alarm('slow'), 'nobody'] })
    })

    void it('keeps a dashboard', async () => {
      const DashboardName = `on-${name.replaceAll(' ', '_')}`
      await cloudwatch('PutDashboard', { DashboardName, DashboardBody: body })
      const { DashboardArn, DashboardBody } = await cloudwatch('GetDashboard', { DashboardName })
      assert.deepEqual(
        [DashboardArn, DashboardBody],
        [`arn:aws:cloudwatch::${account}:dashboard/${DashboardName}`, body],
      )
      const { DashboardEntries } = await cloudwatch('ListDashboards', { DashboardNamePrefix: DashboardName })
      assert.equal(DashboardEntries[0].Size, Buffer.byteLength(body))
      await cloudwatch('DeleteDashboards', { DashboardNames: [DashboardName] })
    })

    const refusals: [operation: string, input: object, code: string, message: RegExp][] = [
      ['DeleteAlarms', { AlarmNames: ['nobody'] }, 'ResourceNotFound', /^/],
      [
        'PutMetricData',
        { Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'm', Value: 1 }] },
        'InvalidParameterValue',
        /^The value AWS\/ for parameter Namespace is invalid\.$/,
      ],
      [
        'PutMetricData',
        { Namespace: 'App', MetricData: [{ MetricName: 'm', Value: 1, Values: [1] }] },
        'InvalidParameterCombination',
        /mutually exclusive and you have specified both\.$/,
      ],
      ['DescribeAlarms', { NextToken: 'nonsense' }, 'InvalidNextToken', /^/],
    ]
    for (const [operation, input, code, message] of refusals) {
      void it(`is refused ${operation} with ${code}`, async () => {
        const error = await refused(cloudwatch(operation, input))
        // The SDK for JavaScript names exceptions by their shapes, where the model has some: `InvalidParameterValueException`.
        assert.equal(error.code.replace(/(Exception|Fault)$/, ''), code)
        assert.match(error.message, message)
      })
    }

    void it('registers no target that SageMaker does not know', async () => {
      const target = {
        ServiceNamespace: 'sagemaker',
        ResourceId: 'endpoint/none/variant/v',
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      }
      const scaling = (operation: string, input: object) => client.call('application-autoscaling', operation, input)
      const error = await refused(scaling('RegisterScalableTarget', { ...target, MinCapacity: 1, MaxCapacity: 2 }))
      assert.equal(error.code, 'ValidationException')
      const { ScalableTargets } = await scaling('DescribeScalableTargets', { ServiceNamespace: 'sagemaker' })
      assert.deepEqual(ScalableTargets, [])
      const missing = await refused(scaling('DeregisterScalableTarget', target))
      assert.equal(missing.code, 'ObjectNotFoundException')
    })
  })
}

void describe('CloudWatch by the AWS CLI', () => {
  void it('by its own commands: data, statistics, an alarm, its history, a dashboard', async () => {
    const cli = awsCli(env)
    const cloudwatch = async (line: string) => {
      const { code, stdout, stderr } = await cli.shell(`aws cloudwatch ${line} --output json`)
      assert.equal(code, 0, stderr)
      return stdout.trim() ? JSON.parse(stdout) : {}
    }
    try {
      const at = minute(2).toISOString()
      const range = `--start-time ${minute(10).toISOString()} --end-time ${minute(-1).toISOString()}`
      await cloudwatch(
        `put-metric-data --namespace Cli --metric-name load --dimensions Host=a,Zone=b --value 8 --unit Count --timestamp ${at}`,
      )
      const dimensions = '--dimensions Name=Zone,Value=b Name=Host,Value=a'
      const { Datapoints } = await cloudwatch(
        `get-metric-statistics --namespace Cli --metric-name load ${dimensions} ${range} --period 60 --statistics Sum --extended-statistics p99`,
      )
      assert.deepEqual(
        Datapoints.map(({ Sum, ExtendedStatistics, Unit }: Record<string, unknown>) => [Sum, ExtendedStatistics, Unit]),
        [[8, { p99: 8 }, 'Count']],
      )
      await cloudwatch(
        `put-metric-alarm --alarm-name cli --namespace Cli --metric-name load ${dimensions} --statistic Sum --period 60 ` +
          '--evaluation-periods 1 --threshold 5 --comparison-operator GreaterThanThreshold --treat-missing-data ignore',
      )
      await evaluateAlarms(server.world)
      const { MetricAlarms } = await cloudwatch('describe-alarms --state-value ALARM --alarm-name-prefix cl')
      assert.deepEqual(
        MetricAlarms.map(({ AlarmName, StateValue }: Record<string, unknown>) => [AlarmName, StateValue]),
        [['cli', 'ALARM']],
      )
      const { AlarmHistoryItems } = await cloudwatch(
        'describe-alarm-history --alarm-name cli --history-item-type StateUpdate',
      )
      assert.equal(AlarmHistoryItems[0].HistorySummary, 'Alarm updated from INSUFFICIENT_DATA to ALARM')
      await cloudwatch(`put-dashboard --dashboard-name cli --dashboard-body '${body}'`)
      assert.equal((await cloudwatch('get-dashboard --dashboard-name cli')).DashboardBody, body)
      const { code, stderr } = await cli.shell('aws cloudwatch get-dashboard --dashboard-name none')
      assert.notEqual(code, 0)
      assert.match(stderr, /\((DashboardNotFoundError|ResourceNotFound)\).*Dashboard none does not exist/)
    } finally {
      await cli.close()
    }
  })
})
