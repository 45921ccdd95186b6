import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Call, Caller, Permit } from '../../door/call.ts'
import { openStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { operations } from './operations.ts'
import { merged, type Cell } from './cell.ts'
import { statisticNamed } from './statistics.ts'

type Operations = typeof operations
type Name = keyof Operations
type Input<N extends Name> = Parameters<Operations[N]['perform']>[0]
type Output<N extends Name> = Awaited<ReturnType<Operations[N]['perform']>>

/** Epoch seconds; the start of an hour. */
const start = Date.UTC(2026, 10, 23, 10) / 1000

let store: Store
let now: number
let kind: Caller['kind']

beforeEach(() => {
  store = openStore(':memory:')
  now = start
  kind = 'user'
})

function callNow(region = 'us-east-1'): Call {
  return { account: '123456789012', region, time: now * 1000, caller: { kind }, world: { store } } as unknown as Call
}

function run<N extends Name>(name: N, input: Input<N>, call = callNow()): Output<N> {
  const { perform } = operations[name] as unknown as { perform: (input: Input<N>, permit: Permit) => Output<N> }
  return perform(input, { call, world: call.world } as Permit)
}

type Datum = NonNullable<Input<'PutMetricData'>['MetricData']>[number]

const Namespace = '/aws/sagemaker/TrainingJobs'
const Host = [{ Name: 'Host', Value: 'job/algo-1' }]
const put = (...data: Omit<Datum, 'MetricName'>[]) =>
  run('PutMetricData', {
    Namespace,
    MetricData: data.map((datum) => ({ MetricName: 'loss', Dimensions: Host, ...datum })),
  })

const query = (Stat: string, more = {}) => ({
  Id: 'q',
  MetricStat: { Metric: { Namespace, MetricName: 'loss', Dimensions: Host }, Period: 60, Stat, ...more },
})
const data = (Stat: string, more = {}, input: Partial<Input<'GetMetricData'>> = {}) =>
  run('GetMetricData', {
    MetricDataQueries: [query(Stat, more)],
    StartTime: start - 3600,
    EndTime: start + 3600,
    ScanBy: 'TimestampAscending',
    ...input,
  }).MetricDataResults![0]!

void describe('what CloudWatch asks permission for', () => {
  void it('everything of *, PutMetricData with the namespace in its context', () => {
    const call = callNow()
    const inputs = { PutMetricData: { Namespace }, GetMetricData: {}, GetMetricStatistics: {}, ListMetrics: {} }
    for (const [name, input] of Object.entries(inputs)) {
      const { needs } = operations[name as Name] as unknown as { needs: (input: unknown, call: Call) => unknown[] }
      const context = name === 'PutMetricData' ? { context: { 'cloudwatch:namespace': Namespace } } : {}
      assert.deepEqual(needs(input, call), [{ action: `cloudwatch:${name}`, resource: '*', ...context }])
    }
  })
})

void describe('PutMetricData', () => {
  const refused: [what: string, datum: Omit<Datum, 'MetricName'>, code: string, message: RegExp][] = [
    [
      'two kinds of value',
      { Value: 1, Values: [1] },
      'InvalidParameterCombination',
      /^The parameters MetricData\.member\.1\.Value and MetricData\.member\.1\.Values are mutually exclusive and you have specified both\.$/,
    ],
    ['no value', {}, 'InvalidParameterCombination', /At least one/],
    [
      'values and counts that do not pair',
      { Values: [1, 2], Counts: [1] },
      'InvalidParameterValue',
      /^The parameters MetricData\.member\.1\.Values and MetricData\.member\.1\.Counts must be of the same size\.$/,
    ],
    [
      'no number',
      { Value: Number.NaN },
      'InvalidParameterValue',
      /^The value NaN for parameter MetricData\.member\.1\.Value is invalid\.$/,
    ],
    ['more than is taken', { Value: 2 ** 361 }, 'InvalidParameterValue', /Value is invalid/],
    ['more values than are taken', { Values: Array.from({ length: 151 }, () => 1) }, 'InvalidParameterValue', /150/],
    [
      'an empty statistic set',
      { StatisticValues: { SampleCount: 0, Sum: 0, Minimum: 0, Maximum: 0 } },
      'InvalidParameterValue',
      /SampleCount/,
    ],
    ['the far past', { Value: 1, Timestamp: start - 14 * 86_400 - 1 }, 'InvalidParameterValue', /Timestamp/],
    ['the future', { Value: 1, Timestamp: start + 7201 }, 'InvalidParameterValue', /Timestamp/],
    ['a resolution of its own', { Value: 1, StorageResolution: 30 }, 'InvalidParameterValue', /StorageResolution/],
  ]
  for (const [what, datum, code, message] of refused) {
    void it(`refuses ${what}, and then takes nothing`, () => {
      assert.throws(
        () =>
          run('PutMetricData', {
            Namespace,
            MetricData: [
              { MetricName: 'loss', ...datum },
              { MetricName: 'b', Value: 1 },
            ],
          }),
        { code, message },
      )
      assert.equal(store.count('cloudwatch/datapoints') + store.count('cloudwatch/metric'), 0)
    })
  }

  void it("leaves AWS's namespaces to its services", () => {
    const input = { Namespace: 'AWS/SageMaker', MetricData: [{ MetricName: 'a', Value: 1 }] }
    assert.throws(() => run('PutMetricData', input), { code: 'InvalidParameterValue' })
    kind = 'service'
    run('PutMetricData', input)
    assert.equal(store.count('cloudwatch/metric'), 1)
  })

  void it('takes the ends of its time', () => {
    put({ Value: 1, Timestamp: start - 14 * 86_400 }, { Value: 1, Timestamp: start + 7200 })
    assert.equal(store.count('cloudwatch/datapoints'), 2)
  })
})

void describe('GetMetricData', () => {
  void it('computes each statistic over values, counted values and statistic sets', () => {
    put(
      { Value: 4 },
      { Values: [1, 2], Counts: [2, 1] },
      { StatisticValues: { SampleCount: 2, Sum: 12, Minimum: 5, Maximum: 7 } },
    )
    const values = { SampleCount: 6, Sum: 20, Average: 20 / 6, Minimum: 1, Maximum: 7 }
    for (const [stat, value] of Object.entries(values)) {
      const result = data(stat)
      assert.deepEqual(
        [result.Timestamps, result.Values, result.Label, result.StatusCode],
        [[start], [value], 'loss', 'Complete'],
      )
    }
    assert.deepEqual(data('p50').Values, [], 'percentiles of statistic sets cannot be told')
  })

  void it('puts values into periods, and those in order', () => {
    put(
      { Value: 1 },
      { Value: 2, Timestamp: start + 59 },
      { Value: 4, Timestamp: start + 60 },
      { Value: 8, Timestamp: start + 299.9 },
    )
    assert.deepEqual(data('Sum').Values, [3, 4, 8])
    assert.deepEqual(data('Sum').Timestamps, [start, start + 60, start + 240])
    assert.deepEqual(data('Sum', { Period: 300 }).Values, [15])
    assert.deepEqual(data('Sum', {}, { ScanBy: 'TimestampDescending' }).Values, [8, 4, 3])
    assert.deepEqual(
      data('Sum', {}, { StartTime: start + 60, EndTime: start + 240 }).Values,
      [4],
      'the end is not part of it',
    )
    assert.deepEqual(
      data('Sum', { Period: 1 }).Timestamps,
      [start, start + 60, start + 240],
      'of a minute, the minute is known',
    )
  })

  void it('knows seconds where they were kept', () => {
    put(
      { Value: 1, StorageResolution: 1, Timestamp: start + 1 },
      { Value: 2, StorageResolution: 1, Timestamp: start + 2.5 },
    )
    assert.deepEqual(data('Sum', { Period: 1 }).Timestamps, [start + 1, start + 2])
  })

  void it('tells metrics apart by namespace, name, dimensions, Region and, if asked, unit', () => {
    put({ Value: 1, Unit: 'Seconds' }, { Value: 2 }, { Value: 4, Dimensions: [] })
    assert.deepEqual(data('Sum').Values, [3])
    assert.deepEqual(data('Sum', { Unit: 'Seconds' }).Values, [1])
    assert.deepEqual(data('Sum', { Metric: { Namespace, MetricName: 'loss' } }).Values, [4])
    const elsewhere = run(
      'GetMetricData',
      { MetricDataQueries: [query('Sum')], StartTime: start - 60, EndTime: start + 60 },
      callNow('eu-west-1'),
    )
    assert.deepEqual(elsewhere.MetricDataResults![0]!.Values, [])
  })

  void it('pages over all queries', () => {
    put(...[0, 60, 120].map((after) => ({ Value: after, Timestamp: start + after })))
    const input = {
      MetricDataQueries: [
        { ...query('Sum'), Id: 'a' },
        { ...query('Maximum'), Id: 'b' },
        { ...query('Sum'), Id: 'hidden', ReturnData: false },
      ],
      StartTime: start,
      EndTime: start + 3600,
      ScanBy: 'TimestampAscending' as const,
      MaxDatapoints: 4,
    }
    const first = run('GetMetricData', input)
    assert.deepEqual(
      first.MetricDataResults!.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]),
      [
        ['a', [0, 60, 120], 'Complete'],
        ['b', [0], 'PartialData'],
      ],
    )
    const second = run('GetMetricData', { ...input, NextToken: first.NextToken! })
    assert.deepEqual(
      second.MetricDataResults!.map(({ Values }) => Values),
      [[], [60, 120]],
    )
    assert.equal(second.NextToken, undefined)
    assert.throws(() => run('GetMetricData', { ...input, NextToken: 'nonsense' }), { code: 'InvalidNextToken' })
  })

  void it('refuses what it cannot compute', () => {
    const range = { StartTime: start, EndTime: start + 60 }
    const refused = (queries: Input<'GetMetricData'>['MetricDataQueries'], message: RegExp, time = range) =>
      assert.throws(() => run('GetMetricData', { MetricDataQueries: queries, ...time }), {
        code: 'ValidationError',
        message,
      })
    refused([{ Id: 'e', Expression: 'SUM(METRICS(' }], /^Error in expression 'e': /)
    refused([{ Id: 'e', Expression: 'x + 1' }], /^Error in expression 'e': Unknown metric x$/)
    refused([query('Sum'), { Id: 'e', Expression: 'SUM(q)' }], /must return a time series/)
    assert.throws(
      () =>
        run('GetMetricData', { MetricDataQueries: [{ Id: 'e', Expression: 'ANOMALY_DETECTION_BAND(q)' }], ...range }),
      { code: 'NotImplemented', message: /ANOMALY_DETECTION_BAND/ },
    )
    refused([query('Sum'), query('Sum')], /not unique/)
    refused([{ ...query('Sum'), Id: 'Upper' }], /parameter Id is invalid/)
    refused([query('tm101')], /tm101/)
    refused([query('constructor')], /constructor/)
    refused([query('Sum', { Period: 45 })], /Period/)
    refused([{ Id: 'q' }], /MetricStat/)
    refused([query('Sum')], /StartTime/, { StartTime: start, EndTime: start })
  })
})

void describe('percentiles', () => {
  const cells = (...values: number[]): Cell[] =>
    values.map((value) => ({
      time: 0,
      seconds: 60,
      unit: 'None',
      count: 1,
      sum: value,
      minimum: value,
      maximum: value,
      values: [[value, 1]],
    }))
  const rows: [name: string, values: number[], result: number][] = [
    ['p0', [3, 1, 2], 1],
    ['p50', [3, 1, 2], 2],
    ['p100', [3, 1, 2], 3],
    ['p50', [1, 2], 1.5],
    ['p90', [10], 10],
    ['p99.9', Array.from({ length: 1001 }, (_, i) => i % 1000), 998],
  ]
  for (const [name, values, result] of rows) {
    void it(`${name} of ${values.length} values`, () =>
      assert.equal(statisticNamed(name)!([merged(cells(...values))]), result))
  }
  void it('no other names', () => {
    for (const name of ['p', 'p101', 'p-1', 'p5x', 'sum', '']) assert.equal(statisticNamed(name), undefined, name)
  })
})

void describe('GetMetricStatistics', () => {
  const ask = (input: Partial<Input<'GetMetricStatistics'>>) =>
    run('GetMetricStatistics', {
      Namespace,
      MetricName: 'loss',
      Dimensions: Host,
      StartTime: start,
      EndTime: start + 3600,
      Period: 60,
      ...input,
    })

  void it('answers by period and unit', () => {
    put({ Value: 1, Unit: 'Seconds' }, { Value: 3 }, { Value: 5 })
    assert.deepEqual(ask({ Statistics: ['Sum', 'Average'], ExtendedStatistics: ['p50'] }), {
      Label: 'loss',
      Datapoints: [
        { Timestamp: start, Sum: 1, Average: 1, ExtendedStatistics: { p50: 1 }, Unit: 'Seconds' },
        { Timestamp: start, Sum: 8, Average: 4, ExtendedStatistics: { p50: 4 }, Unit: 'None' },
      ],
    })
    assert.equal(ask({ Statistics: ['Sum'], Unit: 'Seconds' }).Datapoints!.length, 1)
    assert.deepEqual(ask({ Statistics: ['Sum'], Dimensions: [] }).Datapoints, [])
  })

  void it('refuses what is too much or too little', () => {
    assert.throws(() => ask({}), {
      message: 'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    })
    assert.throws(() => ask({ Statistics: ['Sum'], EndTime: start + 60 * 1441 }), {
      code: 'InvalidParameterCombination',
      message: /^You have requested up to 1,441 datapoints, which exceeds the limit of 1,440\./,
    })
    assert.throws(() => ask({ Statistics: ['Sum'], EndTime: start }), { code: 'InvalidParameterCombination' })
    assert.throws(() => ask({ Statistics: ['Sum'], Period: 7 }), { code: 'InvalidParameterValue' })
    assert.throws(() => ask({ ExtendedStatistics: ['iqm'] }), { code: 'InvalidParameterValue' })
  })
})

void describe('ListMetrics', () => {
  const names = (input: Input<'ListMetrics'>) => run('ListMetrics', input).Metrics!.map(({ MetricName }) => MetricName)

  void it('filters by namespace, name and dimensions', () => {
    put({ Value: 1 })
    run('PutMetricData', {
      Namespace: 'Other',
      MetricData: [
        {
          MetricName: 'x',
          Value: 1,
          Dimensions: [
            { Name: 'B', Value: '2' },
            { Name: 'A', Value: '1' },
          ],
        },
      ],
    })
    assert.deepEqual(names({}), ['loss', 'x'])
    assert.deepEqual(names({ Namespace: 'Other' }), ['x'])
    assert.deepEqual(names({ MetricName: 'loss' }), ['loss'])
    assert.deepEqual(names({ Dimensions: [{ Name: 'Host' }] }), ['loss'])
    assert.deepEqual(names({ Dimensions: [{ Name: 'Host', Value: 'other' }] }), [])
    assert.deepEqual(run('ListMetrics', { MetricName: 'x' }).Metrics, [
      {
        Namespace: 'Other',
        MetricName: 'x',
        Dimensions: [
          { Name: 'A', Value: '1' },
          { Name: 'B', Value: '2' },
        ],
      },
    ])
  })

  void it('forgets metrics without data', () => {
    put({ Value: 1 })
    now = start + 3 * 3600 + 1
    assert.deepEqual(names({ RecentlyActive: 'PT3H' }), [])
    assert.deepEqual(names({}), ['loss'])
    now = start + 14 * 86_400 + 1
    assert.deepEqual(names({}), [])
  })

  void it('pages', () => {
    const MetricData = Array.from({ length: 501 }, (_, i) => ({ MetricName: `m${i}`, Value: 1 }))
    run('PutMetricData', { Namespace: 'Many', MetricData })
    const first = run('ListMetrics', { Namespace: 'Many' })
    assert.equal(first.Metrics!.length, 500)
    const second = run('ListMetrics', { Namespace: 'Many', NextToken: first.NextToken! })
    assert.equal(new Set([...first.Metrics!, ...second.Metrics!].map(({ MetricName }) => MetricName)).size, 501)
    assert.equal(second.NextToken, undefined)
    assert.throws(() => run('ListMetrics', { NextToken: 'nonsense' }), { code: 'InvalidNextToken' })
  })
})
