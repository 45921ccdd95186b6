/** Each real client on its own protocol: the SDK for JavaScript speaks CBOR, boto3 and the AWS CLI what botocore chooses. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import { awsCli } from '../clients/aws-cli.ts'
import { boto3 } from '../clients/boto3.ts'
import { refusal, type ApiClient } from '../clients/client.ts'
import type { Environment } from '../clients/command.ts'
import { jsSdk, settings } from '../clients/js-sdk.ts'
import { send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let env: Environment
const clients: ApiClient[] = []
before(async () => {
  server = await startTestServer()
  const { url, region, admin } = server
  env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
  }
  clients.push(boto3(env), awsCli(env), jsSdk(env))
})
after(async () => {
  for (const client of clients) await client.close()
  await server.close()
})

const timeOf = (minutes: number) => new Date(Math.floor(Date.now() / 60_000 - minutes) * 60_000).toISOString()
const queries = (Namespace: string) => [
  { Id: 'm', MetricStat: { Metric: { Namespace, MetricName: 'load' }, Period: 60, Stat: 'p50' }, ReturnData: false },
  { Id: 'e', Expression: 'm * 2', Label: 'twice ${MAX}' },
]

describe('real clients', () => {
  for (const [i, name] of ['boto3', 'the AWS CLI'].entries()) {
    it(`${name} puts, reads, computes, watches and scales`, async () => {
      const client = clients[i]!
      const Namespace = `Client${i}`
      await client.call('cloudwatch', 'PutMetricData', {
        Namespace,
        MetricData: [{ MetricName: 'load', Values: [1, 2, 3], Counts: [1, 1, 1] }],
      })
      const { MetricDataResults } = await client.call('cloudwatch', 'GetMetricData', {
        MetricDataQueries: queries(Namespace),
        StartTime: timeOf(5),
        EndTime: timeOf(-5),
      })
      assert.deepEqual([MetricDataResults[0].Label, MetricDataResults[0].Values], ['twice 4', [4]])
      const AlarmName = `alarm of ${name}`
      await client.call('cloudwatch', 'PutMetricAlarm', {
        AlarmName,
        MetricName: 'load',
        Namespace,
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      })
      await client.call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue: 'ALARM', StateReason: 'a test' })
      const { MetricAlarms } = await client.call('cloudwatch', 'DescribeAlarms', { AlarmNames: [AlarmName] })
      assert.deepEqual([MetricAlarms[0].StateValue, MetricAlarms[0].Threshold], ['ALARM', 1])
      const { AlarmHistoryItems } = await client.call('cloudwatch', 'DescribeAlarmHistory', { AlarmName })
      assert.equal(AlarmHistoryItems.at(-1).HistorySummary, `Alarm "${AlarmName}" created`)
      const gone = await refusal(client.call('cloudwatch', 'DeleteAlarms', { AlarmNames: ['nobody'] }))
      assert.equal(gone.code, 'ResourceNotFound')
      const target = {
        ServiceNamespace: 'sagemaker',
        ResourceId: 'endpoint/none/variant/v',
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
        MinCapacity: 1,
        MaxCapacity: 2,
      }
      const unscalable = await refusal(client.call('application-autoscaling', 'RegisterScalableTarget', target))
      assert.equal(unscalable.code, 'ValidationException')
    })
  }

  it('the SDK for JavaScript does, in CBOR', async () => {
    const client = new CloudWatchClient(settings(env))
    const scaling = new ApplicationAutoScalingClient(settings(env))
    try {
      const Namespace = 'Cbor'
      await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'load', Value: 2.5 }] }))
      const range = { StartTime: new Date(Date.now() - 300_000), EndTime: new Date(Date.now() + 300_000) }
      const { MetricDataResults } = await client.send(
        new GetMetricDataCommand({ MetricDataQueries: queries(Namespace), ...range }),
      )
      assert.deepEqual(MetricDataResults![0]!.Values, [5])
      assert.ok(MetricDataResults![0]!.Timestamps![0] instanceof Date)
      await client.send(
        new PutMetricAlarmCommand({
          AlarmName: 'cbor',
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          Metrics: queries(Namespace).map((query, i) => ({ ...query, ReturnData: i === 1 })),
        }),
      )
      const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['cbor'] }))
      assert.equal(MetricAlarms![0]!.Metrics!.length, 2)
      await assert.rejects(
        scaling.send(
          new RegisterScalableTargetCommand({
            ServiceNamespace: 'sagemaker',
            ResourceId: 'endpoint/none/variant/v',
            ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
            MinCapacity: 1,
            MaxCapacity: 2,
          }),
        ),
        { name: 'ValidationException' },
      )
    } finally {
      client.destroy()
      scaling.destroy()
    }
  })

  it('a policy tells alarms apart by ARN, tag and action, and data by namespace', async () => {
    const [python] = clients
    const iam = (operation: string, input: object) => python!.call('iam', operation, input)
    await iam('CreateUser', { UserName: 'w' })
    const statement = (Action: string, Condition: object, Resource = '*') => ({
      Effect: 'Allow',
      Action,
      Resource,
      Condition,
    })
    await iam('PutUserPolicy', {
      UserName: 'w',
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          statement('cloudwatch:PutMetricData', { StringEquals: { 'cloudwatch:namespace': 'Mine' } }),
          statement('cloudwatch:SetAlarmState', { StringEquals: { 'aws:ResourceTag/team': 'mine' } }),
          statement('cloudwatch:DeleteAlarms', {}, 'arn:aws:cloudwatch:*:*:alarm:mine-*'),
          statement('cloudwatch:PutMetricAlarm', {
            'ForAllValues:StringLike': { 'cloudwatch:AlarmActions': 'arn:aws:sns:*:*:mine' },
          }),
        ],
      }),
    })
    const { AccessKey } = await iam('CreateAccessKey', { UserName: 'w' })
    const keys = { accessKeyId: AccessKey.AccessKeyId as string, secretAccessKey: AccessKey.SecretAccessKey as string }
    const status = async (operation: string, input: object) =>
      (await send(server.url, 'cloudwatch', operation, input, { keys })).status
    const alarm = (AlarmName: string, topic: string) => ({
      AlarmName,
      Namespace: 'Mine',
      MetricName: 'x',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [`arn:aws:sns:us-east-1:123456789012:${topic}`],
    })
    const MetricData = [{ MetricName: 'x', Value: 1 }]
    assert.equal(await status('PutMetricData', { Namespace: 'Mine', MetricData }), 200)
    assert.equal(await status('PutMetricData', { Namespace: 'Other', MetricData }), 400)
    assert.equal(await status('PutMetricAlarm', alarm('mine-1', 'mine')), 200)
    assert.equal(await status('PutMetricAlarm', alarm('mine-2', 'other')), 400)
    const state = { AlarmName: 'mine-1', StateValue: 'OK', StateReason: 'a test' }
    assert.equal(await status('SetAlarmState', state), 400)
    await python!.call('cloudwatch', 'TagResource', {
      ResourceARN: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:mine-1',
      Tags: [{ Key: 'team', Value: 'mine' }],
    })
    assert.equal(await status('SetAlarmState', state), 200)
    assert.equal(await status('DeleteAlarms', { AlarmNames: ['mine-1', 'other'] }), 400)
    assert.equal(await status('DeleteAlarms', { AlarmNames: ['mine-1'] }), 200)
  })
})
