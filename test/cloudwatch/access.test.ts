import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Keys } from '../support/sign.ts'
import { ACCOUNT, openLab, REGION, START, type Lab } from './lab.ts'

const alarmArn = (name: string) => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`
const dashboardArn = (name: string) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`
const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:pager`

const watched = (AlarmName: string, more: object = {}) => ({
  AlarmName,
  Namespace: 'App',
  MetricName: 'load',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  ...more,
})
const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
})
const range = { StartTime: START - 60, EndTime: START }
const body = JSON.stringify({ widgets: [] })

interface Row {
  may: object[]
  allowed: [operation: string, input: object][]
  /** The action and the resource that the refusal names. */
  denied: [operation: string, input: object, action: string, resource: string][]
}

const rows: Record<string, Row> = {
  'cloudwatch:namespace binds what may be put': {
    may: [allow('cloudwatch:PutMetricData', '*', { StringLike: { 'cloudwatch:namespace': ['App', 'Team/*'] } })],
    allowed: [
      ['PutMetricData', { Namespace: 'App', MetricData: [{ MetricName: 'm', Value: 1 }] }],
      ['PutMetricData', { Namespace: 'Team/A', MetricData: [{ MetricName: 'm', Value: 1 }] }],
    ],
    denied: [
      [
        'PutMetricData',
        { Namespace: 'Apps', MetricData: [{ MetricName: 'm', Value: 1 }] },
        'cloudwatch:PutMetricData',
        '*',
      ],
    ],
  },
  'reading metrics has no resource': {
    may: [allow(['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], '*')],
    allowed: [
      ['ListMetrics', {}],
      ['GetMetricData', { MetricDataQueries: [{ Id: 'e', Expression: 'TIME_SERIES(1)' }], ...range }],
    ],
    denied: [
      [
        'GetMetricStatistics',
        { Namespace: 'App', MetricName: 'm', Period: 60, Statistics: ['Sum'], ...range },
        'cloudwatch:GetMetricStatistics',
        '*',
      ],
      ['DescribeAlarmsForMetric', { Namespace: 'App', MetricName: 'm' }, 'cloudwatch:DescribeAlarmsForMetric', '*'],
    ],
  },
  'an alarm is named by its ARN': {
    may: [
      allow(['cloudwatch:PutMetricAlarm', 'cloudwatch:SetAlarmState', 'cloudwatch:DeleteAlarms'], alarmArn('mine-*')),
    ],
    allowed: [
      ['PutMetricAlarm', watched('mine-1')],
      ['SetAlarmState', { AlarmName: 'mine-1', StateValue: 'OK', StateReason: 'test' }],
      ['DeleteAlarms', { AlarmNames: ['mine-1'] }],
    ],
    denied: [
      ['PutMetricAlarm', watched('yours'), 'cloudwatch:PutMetricAlarm', alarmArn('yours')],
      ['DeleteAlarms', { AlarmNames: ['mine-1', 'theirs'] }, 'cloudwatch:DeleteAlarms', alarmArn('theirs')],
      ['DisableAlarmActions', { AlarmNames: ['mine-1'] }, 'cloudwatch:DisableAlarmActions', alarmArn('mine-1')],
      ['DescribeAlarms', { AlarmNames: ['mine-1'] }, 'cloudwatch:DescribeAlarms', alarmArn('*')],
      ['DescribeAlarmHistory', { AlarmName: 'mine-1' }, 'cloudwatch:DescribeAlarmHistory', alarmArn('mine-1')],
    ],
  },
  'cloudwatch:AlarmActions binds what an alarm may do': {
    may: [
      allow('cloudwatch:Put*Alarm', '*', {
        'ForAllValues:StringLike': { 'cloudwatch:AlarmActions': [`arn:aws:sns:*:${ACCOUNT}:*`] },
      }),
    ],
    allowed: [
      ['PutMetricAlarm', watched('quiet')],
      ['PutMetricAlarm', watched('loud', { AlarmActions: [topic] })],
      ['PutCompositeAlarm', { AlarmName: 'sum', AlarmRule: 'ALARM(kept)', OKActions: [topic] }],
    ],
    denied: [
      [
        'PutMetricAlarm',
        watched('stopping', { OKActions: [`arn:aws:automate:${REGION}:ec2:stop`] }),
        'cloudwatch:PutMetricAlarm',
        alarmArn('stopping'),
      ],
      [
        'PutMetricAlarm',
        watched('both', { AlarmActions: [topic], InsufficientDataActions: [`arn:aws:automate:${REGION}:ec2:stop`] }),
        'cloudwatch:PutMetricAlarm',
        alarmArn('both'),
      ],
      [
        'PutCompositeAlarm',
        { AlarmName: 'far', AlarmRule: 'ALARM(kept)', AlarmActions: [`arn:aws:sns:${REGION}:210987654321:pager`] },
        'cloudwatch:PutCompositeAlarm',
        alarmArn('*'),
      ],
    ],
  },
  'composite alarms, and what is told of them, take a permission for all alarms': {
    may: [allow(['cloudwatch:PutCompositeAlarm', 'cloudwatch:DescribeAlarmHistory'], alarmArn('a*'))],
    allowed: [['DescribeAlarmHistory', { AlarmName: 'a' }]],
    denied: [
      [
        'PutCompositeAlarm',
        { AlarmName: 'a', AlarmRule: 'ALARM(kept)' },
        'cloudwatch:PutCompositeAlarm',
        alarmArn('*'),
      ],
      ['DescribeAlarmHistory', {}, 'cloudwatch:DescribeAlarmHistory', alarmArn('*')],
      [
        'DescribeAlarmHistory',
        { AlarmName: 'a', AlarmTypes: ['CompositeAlarm'] },
        'cloudwatch:DescribeAlarmHistory',
        alarmArn('*'),
      ],
    ],
  },
  'tags of an alarm, and of the request': {
    may: [
      allow('cloudwatch:SetAlarmState', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
      allow('cloudwatch:PutMetricAlarm', '*'),
      allow('cloudwatch:TagResource', '*', {
        StringEquals: { 'aws:RequestTag/team': 'red' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
      }),
    ],
    allowed: [
      ['PutMetricAlarm', watched('tagged', { Tags: [{ Key: 'team', Value: 'red' }] })],
      ['SetAlarmState', { AlarmName: 'tagged', StateValue: 'OK', StateReason: 'test' }],
      ['TagResource', { ResourceARN: alarmArn('tagged'), Tags: [{ Key: 'team', Value: 'red' }] }],
    ],
    denied: [
      [
        'SetAlarmState',
        { AlarmName: 'kept', StateValue: 'OK', StateReason: 'test' },
        'cloudwatch:SetAlarmState',
        alarmArn('kept'),
      ],
      [
        'PutMetricAlarm',
        watched('other', { Tags: [{ Key: 'team', Value: 'blue' }] }),
        'cloudwatch:TagResource',
        alarmArn('other'),
      ],
      [
        'TagResource',
        {
          ResourceARN: alarmArn('tagged'),
          Tags: [
            { Key: 'team', Value: 'red' },
            { Key: 'more', Value: '1' },
          ],
        },
        'cloudwatch:TagResource',
        alarmArn('tagged'),
      ],
      [
        'UntagResource',
        { ResourceARN: alarmArn('tagged'), TagKeys: ['team'] },
        'cloudwatch:UntagResource',
        alarmArn('tagged'),
      ],
      [
        'ListTagsForResource',
        { ResourceARN: alarmArn('tagged') },
        'cloudwatch:ListTagsForResource',
        alarmArn('tagged'),
      ],
    ],
  },
  'a dashboard belongs to no Region': {
    may: [allow(['cloudwatch:PutDashboard', 'cloudwatch:GetDashboard'], dashboardArn('mine'))],
    allowed: [
      ['PutDashboard', { DashboardName: 'mine', DashboardBody: body }],
      ['GetDashboard', { DashboardName: 'mine' }],
    ],
    denied: [
      [
        'PutDashboard',
        { DashboardName: 'yours', DashboardBody: body },
        'cloudwatch:PutDashboard',
        dashboardArn('yours'),
      ],
      ['DeleteDashboards', { DashboardNames: ['mine'] }, 'cloudwatch:DeleteDashboards', dashboardArn('mine')],
      ['ListDashboards', {}, 'cloudwatch:ListDashboards', '*'],
    ],
  },
}

void describe('who may do what with CloudWatch', () => {
  let lab: Lab
  before(async () => {
    lab = openLab()
    await lab.cloudwatch('PutMetricAlarm', watched('kept'))
  })
  after(() => lab.close())

  for (const [i, [what, { may, allowed, denied }]] of Object.entries(rows).entries()) {
    void it(what, async () => {
      const name = `user${i}`
      const keys: Keys = await lab.user(name, ...may)
      for (const [operation, input] of allowed) await lab.cloudwatch(operation, { ...input }, keys)
      for (const [operation, input, action, resource] of denied) {
        const kinds = ['cloudwatch/alarm', 'cloudwatch/alarm-history', 'cloudwatch/dashboard', 'cloudwatch/datapoints']
        const epochs = () => kinds.map((kind) => lab.world.store.epoch(kind))
        const before = epochs()
        await assert.rejects(lab.cloudwatch(operation, { ...input }, keys), {
          code: 'AccessDeniedException',
          message:
            `User: arn:aws:iam::${ACCOUNT}:user/${name} is not authorized to perform: ${action} ` +
            `on resource: ${resource} because no identity-based policy allows the ${action} action`,
        })
        assert.deepEqual(epochs(), before, `${operation} left something behind`)
      }
    })
  }

  void it('an explicit deny of one alarm holds against all that allows it', async () => {
    const keys = await lab.user('denied', allow('cloudwatch:*', '*'), {
      Effect: 'Deny',
      Action: 'cloudwatch:DeleteAlarms',
      Resource: alarmArn('kept'),
    })
    await assert.rejects(lab.cloudwatch('DeleteAlarms', { AlarmNames: ['kept'] }, keys), {
      code: 'AccessDeniedException',
      message: /with an explicit deny in an identity-based policy/,
    })
  })

  void it('who was let in, and who was not, is on record', () => {
    const decisions = lab.world.decisions.recent(1000)
    const of = (decision: string) =>
      decisions.filter((one) => one.service === 'cloudwatch' && one.decision === decision).length
    const asked = Object.values(rows)
    assert.equal(of('denied'), asked.flatMap(({ denied }) => denied).length + 1)
    assert.equal(of('allowed'), asked.flatMap(({ allowed }) => allowed).length + 1)
  })
})
