import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { tidyMetrics } from '../../src/services/cloudwatch/watch.ts'
import { naiveStatistics, type Sample } from './naive-statistics.ts'
import { openLab, START, type Lab } from './lab.ts'

const DAY = 86_400
const Namespace = 'Data'

let lab: Lab
before(() => void (lab = openLab()))
after(() => lab.close())

const put = (MetricName: string, ...data: object[]) =>
  lab.cloudwatch('PutMetricData', { Namespace, MetricData: data.map((one) => ({ MetricName, ...one })) })

const query = (MetricName: string, Stat = 'Sum', Period = 60, more: object = {}) => ({
  Id: `m${++queries}`,
  MetricStat: { Metric: { Namespace, MetricName }, Period, Stat },
  ...more,
})
let queries = 0

async function data(asked: object[], more: object = {}) {
  const { MetricDataResults } = await lab.cloudwatch('GetMetricData', {
    MetricDataQueries: asked,
    StartTime: START - 3600,
    EndTime: START + 3600,
    ScanBy: 'TimestampAscending',
    ...more,
  })
  return MetricDataResults as { Id: string; Label: string; Timestamps: number[]; Values: number[] }[]
}

/** What one PutMetricData may hold, with the samples that it stands for; of a set some are not known. */
const datum = fc
  .record({ minute: fc.nat(9), form: fc.constantFrom('Value', 'Values', 'Counts', 'StatisticValues') })
  .chain(({ minute, form }) =>
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 }).map((values) => {
      const Timestamp = START + minute * 60 + (values[0]! % 60)
      const [first = 0] = values
      const sample = (value: number): Sample => ({ minute, value })
      if (form === 'Value') return { datum: { Timestamp, Value: first }, samples: [sample(first)], known: true }
      if (form === 'Values') return { datum: { Timestamp, Values: values }, samples: values.map(sample), known: true }
      if (form === 'Counts') {
        const Counts = values.map((value) => (value % 3) + 1)
        const samples = values.flatMap((value, i) => Array.from({ length: Counts[i]! }, () => sample(value)))
        return { datum: { Timestamp, Values: values, Counts }, samples, known: true }
      }
      const StatisticValues = {
        SampleCount: values.length,
        Sum: values.reduce((a, b) => a + b, 0),
        Minimum: Math.min(...values),
        Maximum: Math.max(...values),
      }
      const known = StatisticValues.Minimum === StatisticValues.Maximum
      return { datum: { Timestamp, StatisticValues }, samples: values.map(sample), known }
    }),
  )

void describe('statistics of what was put', () => {
  let metrics = 0

  void it('are those of a naive reading, in whatever form and by whatever period it is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(datum, { minLength: 1, maxLength: 20 }), async (all) => {
        const name = `random${++metrics}`
        const half = Math.ceil(all.length / 2)
        for (const part of [all.slice(0, half), all.slice(half)])
          if (part.length > 0) await put(name, ...part.map((one) => one.datum))
        const asked = Object.keys(naiveStatistics).flatMap((stat) => [query(name, stat, 60), query(name, stat, 300)])
        const results = await data(asked)
        for (const [i, { MetricStat }] of asked.entries()) {
          const { Stat, Period } = MetricStat
          const expected = new Map<number, number>()
          for (let time = START; time < START + 600; time += Period) {
            const within = all.filter(({ samples }) => {
              const at = START + samples[0]!.minute * 60
              return at >= time && at < time + Period
            })
            const naive = naiveStatistics[Stat]!
            if (within.length === 0 || (!naive.simple && within.some(({ known }) => !known))) continue
            const values = within.flatMap(({ samples }) => samples.map(({ value }) => value)).sort((a, b) => a - b)
            const value = naive.of(values)
            if (value !== undefined) expected.set(time, value)
          }
          const { Timestamps, Values } = results[i]!
          assert.deepEqual(Timestamps, [...expected.keys()], `times of ${Stat} by ${Period}`)
          for (const [at, value] of [...expected.values()].entries())
            assert.ok(Math.abs(Values[at]! - value) < 1e-9, `${Stat} by ${Period}: ${Values[at]} and not ${value}`)
        }
      }),
      { numRuns: 40 },
    )
  })

  void it('GetMetricStatistics says the same as GetMetricData', async () => {
    await put('both', { Values: [1, 2, 3], Counts: [2, 1, 1] }, { Value: 9, Timestamp: START + 61 })
    const [p50, sum] = await data([query('both', 'p50'), query('both', 'Sum')])
    const { Datapoints } = await lab.cloudwatch('GetMetricStatistics', {
      Namespace,
      MetricName: 'both',
      StartTime: START,
      EndTime: START + 600,
      Period: 60,
      Statistics: ['Sum'],
      ExtendedStatistics: ['p50'],
    })
    assert.deepEqual(
      Datapoints,
      sum!.Timestamps.map((Timestamp, i) => ({
        Timestamp,
        Sum: sum!.Values[i],
        ExtendedStatistics: { p50: p50!.Values[i] },
        Unit: 'None',
      })),
    )
    assert.deepEqual(p50!.Values, [1.5, 9])
  })
})

void describe('periods', () => {
  const at = (clock: string) => Date.parse(`2026-11-23T${clock}Z`) / 1000
  /** API Reference, GetMetricStatistics `StartTime`. */
  const rows: [start: string, daysAgo: number, period: number, first: string][] = [
    ['09:32:34', 0, 60, '09:32:00'],
    ['09:32:34', 16, 300, '09:30:00'],
    ['09:32:34', 64, 3600, '09:00:00'],
    ['09:05:23', 0, 10, '09:05:20'],
    ['09:07:17', 0, 5, '09:07:15'],
    ['09:05:29', 0, 20, '09:05:20'],
    ['09:05:59', 0, 30, '09:05:30'],
  ]
  for (const [start, daysAgo, period, first] of rows) {
    void it(`of ${period} s, asked from ${start} of ${daysAgo} days ago, begin at ${first}`, async () => {
      const name = `aligned ${start} ${daysAgo} ${period}`
      const own = openLab(undefined, START - daysAgo * DAY)
      try {
        const shift = daysAgo * DAY
        const MetricData = [{ MetricName: name, Value: 1, Timestamp: at(first) - shift, StorageResolution: 1 }]
        await own.cloudwatch('PutMetricData', { Namespace, MetricData })
        own.wait(shift)
        const { Datapoints } = await own.cloudwatch('GetMetricStatistics', {
          Namespace,
          MetricName: name,
          StartTime: at(start) - shift,
          EndTime: at(start) - shift + 7200,
          Period: period,
          Statistics: ['Sum'],
        })
        assert.deepEqual(Datapoints, [{ Timestamp: at(first) - shift, Sum: 1, Unit: 'None' }])
      } finally {
        own.close()
      }
    })
  }

  void it('what is kept of data grows coarser, and goes, before and after room is made', async () => {
    const own = openLab()
    try {
      const MetricData = [0, 1, 61].map((after) => ({
        MetricName: 'old',
        Value: 2,
        Timestamp: START + after,
        StorageResolution: 1,
      }))
      await own.cloudwatch('PutMetricData', { Namespace, MetricData })
      const told = async () =>
        Promise.all(
          [1, 60, 300, 3600].map(async (Period) => {
            const { MetricDataResults } = await own.cloudwatch('GetMetricData', {
              MetricDataQueries: [
                { Id: 'm', MetricStat: { Metric: { Namespace, MetricName: 'old' }, Period, Stat: 'Sum' } },
              ],
              StartTime: START - 3600,
              EndTime: START + 3600,
              ScanBy: 'TimestampAscending',
            })
            return MetricDataResults[0].Values.join(' ') as string
          }),
        )
      const ages: [age: number, told: string[]][] = [
        [120, ['2 2 2', '4 2', '6', '6']],
        [4 * 3600, ['', '4 2', '6', '6']],
        [15 * DAY, ['', '4 2', '6', '6']],
        [16 * DAY, ['', '', '6', '6']],
        [64 * DAY, ['', '', '', '6']],
        [454 * DAY, ['', '', '', '6']],
        [456 * DAY, ['', '', '', '']],
      ]
      for (const [age, expected] of ages) {
        own.wait(START + age - own.now())
        assert.deepEqual(await told(), expected, `after ${age} s`)
        await tidyMetrics(own.world)
        assert.deepEqual(await told(), expected, `after ${age} s, room being made`)
      }
      assert.equal(own.world.store.count('cloudwatch/datapoints') + own.world.store.count('cloudwatch/metric'), 0)
    } finally {
      own.close()
    }
  })
})

void describe('labels', () => {
  before(() =>
    put(
      'label',
      { Value: 1.5, Timestamp: START, Dimensions: [{ Name: 'Host', Value: 'h-1' }] },
      { Value: 4, Timestamp: START + 60, Dimensions: [{ Name: 'Host', Value: 'h-1' }] },
      { Value: 2, Timestamp: START + 120, Dimensions: [{ Name: 'Host', Value: 'h-1' }] },
    ),
  )
  const rows: [label: string, told: string, timezone?: string][] = [
    ['plain', 'plain'],
    ['${LABEL}', 'label'],
    ['avg ${AVG} of ${DATAPOINT_COUNT}', 'avg 2.5 of 3'],
    ['${FIRST} to ${LAST}, ${MIN} to ${MAX}, ${SUM}', '1.5 to 2, 1.5 to 4, 7.5'],
    ['${MAX_TIME}', '2026-11-23 10:01:00'],
    ['${MAX_TIME}', '2026-11-23 11:31:00', '+0130'],
    ['${FIRST_TIME}', '2026-11-23 05:00:00', '-0500'],
    ['${FIRST_TIME_RELATIVE}', '0h 2m'],
    [
      "${PROP('Namespace')}/${PROP('MetricName')} ${PROP('Stat')} ${PROP('Period')} ${PROP('Region')}",
      'Data/label Sum 60 us-east-1',
    ],
    ["${PROP('Dim.Host')} ${PROP('Dim.None')}|${PROP('AccountId')}", 'h-1 |123456789012'],
    ['${NONE}', '${NONE}'],
  ]
  for (const [Label, told, Timezone] of rows) {
    void it(`${Label}: ${told}`, async () => {
      const Metric = { Namespace, MetricName: 'label', Dimensions: [{ Name: 'Host', Value: 'h-1' }] }
      const MetricStat = { Metric, Period: 60, Stat: 'Sum' }
      const more = Timezone === undefined ? {} : { LabelOptions: { Timezone } }
      const [result] = await data([{ Id: 'm', MetricStat, Label }], more)
      assert.equal(result!.Label, told)
    })
  }
  void it('of a metric without data have nothing to tell', async () => {
    const [result] = await data([query('nothing', 'Sum', 60, { Label: '${MAX} ${MAX_TIME} ${DATAPOINT_COUNT}' })])
    assert.equal(result!.Label, '-- -- 0')
  })
  void it('have a time zone that is one', () =>
    assert.rejects(data([query('label')], { LabelOptions: { Timezone: 'Europe/Berlin' } }), {
      code: 'ValidationError',
    }))
})

void describe('pages of GetMetricData', () => {
  void it('put together are the whole, whatever their size', async () => {
    await put('paged1', ...Array.from({ length: 7 }, (_, i) => ({ Value: i, Timestamp: START + i * 60 })))
    await put('paged2', ...Array.from({ length: 4 }, (_, i) => ({ Value: 10 + i, Timestamp: START + i * 60 })))
    const asked = [query('paged1'), query('paged2'), { Id: 'sum', Expression: 'SUM(METRICS())' }]
    for (const ScanBy of ['TimestampAscending', 'TimestampDescending']) {
      const whole = await data(asked, { ScanBy })
      for (const MaxDatapoints of [1, 2, 5, 7, 18]) {
        const found = new Map<string, { Timestamps: number[]; Values: number[] }>()
        let NextToken: string | undefined
        let pages = 0
        do {
          const page = await lab.cloudwatch('GetMetricData', {
            MetricDataQueries: asked,
            StartTime: START - 3600,
            EndTime: START + 3600,
            ScanBy,
            MaxDatapoints,
            ...(NextToken !== undefined && { NextToken }),
          })
          let size = 0
          for (const { Id, Timestamps, Values } of page.MetricDataResults) {
            const before = found.get(Id) ?? { Timestamps: [], Values: [] }
            found.set(Id, {
              Timestamps: [...before.Timestamps, ...Timestamps],
              Values: [...before.Values, ...Values],
            })
            size += Values.length
          }
          assert.ok(size <= MaxDatapoints)
          pages++
          NextToken = page.NextToken
        } while (NextToken !== undefined)
        assert.equal(pages, Math.ceil(18 / MaxDatapoints))
        for (const { Id, Timestamps, Values } of whole) assert.deepEqual(found.get(Id), { Timestamps, Values })
      }
    }
  })
})

void describe('limits', () => {
  const dimensions = (length: number) => Array.from({ length }, (_, i) => ({ Name: `d${i}`, Value: 'v' }))
  const rows: [what: string, operation: string, input: object, code: string, message: RegExp][] = [
    [
      '1,001 data',
      'PutMetricData',
      { Namespace, MetricData: Array.from({ length: 1001 }, () => ({ MetricName: 'm', Value: 1 })) },
      'InvalidParameterValue',
      /^The collection MetricData must not have a size greater than 1000\.$/,
    ],
    [
      '31 dimensions',
      'PutMetricData',
      { Namespace, MetricData: [{ MetricName: 'm', Value: 1, Dimensions: dimensions(31) }] },
      'ValidationException',
      /length less than or equal to 30$/,
    ],
    [
      "AWS's namespace",
      'PutMetricData',
      { Namespace: 'AWS/SageMaker', MetricData: [{ MetricName: 'm', Value: 1 }] },
      'InvalidParameterValue',
      /^The value AWS\/ for parameter Namespace is invalid\.$/,
    ],
    [
      '501 queries',
      'GetMetricData',
      {
        MetricDataQueries: Array.from({ length: 501 }, (_, i) => ({ Id: `e${i}`, Expression: 'TIME_SERIES(1)' })),
        StartTime: START - 60,
        EndTime: START,
      },
      'ValidationError',
      /500/,
    ],
    [
      '100,801 datapoints',
      'GetMetricData',
      {
        MetricDataQueries: [{ Id: 'e', Expression: 'TIME_SERIES(1)' }],
        StartTime: START - 60,
        EndTime: START,
        MaxDatapoints: 100_801,
      },
      'ValidationError',
      /100800/,
    ],
  ]
  for (const [what, operation, input, code, message] of rows) {
    void it(`${what} are refused`, () =>
      assert.rejects(lab.cloudwatch(operation, { ...input }), { code, message, status: 400 }))
  }
  void it('as much as AWS takes is taken', async () => {
    await put('full', { Value: 1, Dimensions: dimensions(30) })
    await put('full', { Values: Array.from({ length: 150 }, (_, i) => i) })
    await put('full', ...Array.from({ length: 1000 }, () => ({ Value: 1 })))
  })
})
