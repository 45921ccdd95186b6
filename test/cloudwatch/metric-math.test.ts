import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openLab, START, type Lab } from './lab.ts'

type Values = (number | null)[]

interface Group {
  source: string
  metrics: Record<string, Values>
  cases: { expression: string; result: Values | Values[] }[]
}

const file = join(import.meta.dirname, '../../corpus/cloudwatch/metric-math.json')
const { groups } = JSON.parse(readFileSync(file, 'utf8')) as { groups: Group[] }

/** At which each series begins. */
const from = START - 3600

void describe('metric math as the User Guide has it', () => {
  let lab: Lab
  before(() => void (lab = openLab()))
  after(() => lab.close())

  const metricQuery = (Namespace: string, Id: string) => ({
    Id,
    MetricStat: { Metric: { Namespace, MetricName: Id }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  })

  for (const [number, { source, metrics, cases }] of groups.entries()) {
    const Namespace = `Math${number}`
    const length = Object.values(metrics)[0]!.length
    const expected = (values: Values) =>
      values.flatMap((value, i) => (value === null ? [] : [[from + i * 60, Number(value.toPrecision(9))] as const]))

    void it(`${source}: ${cases.length} expressions`, async () => {
      const MetricData = Object.entries(metrics).flatMap(([MetricName, values]) =>
        values.flatMap((Value, i) => (Value === null ? [] : [{ MetricName, Value, Timestamp: from + i * 60 }])),
      )
      await lab.cloudwatch('PutMetricData', { Namespace, MetricData })
      const { MetricDataResults } = await lab.cloudwatch('GetMetricData', {
        MetricDataQueries: [
          ...Object.keys(metrics).map((id) => metricQuery(Namespace, id)),
          ...cases.map(({ expression }, i) => ({ Id: `e${i}`, Expression: expression })),
        ],
        StartTime: from,
        EndTime: from + length * 60,
        ScanBy: 'TimestampAscending',
      })
      for (const [i, { expression, result }] of cases.entries()) {
        const found = MetricDataResults.filter(({ Id }: { Id: string }) => Id === `e${i}`).map(
          ({ Timestamps, Values }: { Timestamps: number[]; Values: number[] }) =>
            Timestamps.map((time, at) => [time, Number(Values[at]!.toPrecision(9))]),
        )
        const wanted = Array.isArray(result[0]) ? (result as Values[]).map(expected) : [expected(result as Values)]
        const shown = JSON.stringify
        assert.equal(shown(found), shown(found.length === 0 && wanted[0]!.length === 0 ? [] : wanted), expression)
      }
    })
  }

  const refusals: [expression: string, message: RegExp][] = [
    ['m1 +', /^Error in expression 'e': Unexpected/],
    ['SUM(m1)', /^Error in expression 'e': The expression must return a time series or an array of time series$/],
    ['PERIOD(m1)/60', /must return a time series/],
    ['1 + 1', /must return a time series/],
    ['m1 + nobody', /^Error in expression 'e': Unknown metric nobody$/],
    ['e + 1', /^Error in expression 'e': The expression refers to itself$/],
    ['sum(METRICS())', /^Error in expression 'e': Unknown function sum$/],
    ['RATE(5)', /A time series is expected/],
    ["m1 + 'text'", /A text cannot be computed with/],
    ['[m1] + [m1, m1]', /must have the same size/],
    ['SORT(METRICS(), STDDEV, ASC)', /^Error in expression 'e': Unknown metric STDDEV$/],
    ['SLICE(METRICS(), m1)', /A number is expected/],
    [`${'('.repeat(200)}m1`, /nested too deeply/],
  ]
  for (const [Expression, message] of refusals) {
    void it(`refuses ${Expression.slice(0, 40)}`, async () => {
      const asked = lab.cloudwatch('GetMetricData', {
        MetricDataQueries: [metricQuery('Math0', 'm1'), { Id: 'e', Expression }],
        StartTime: from,
        EndTime: from + 600,
      })
      await assert.rejects(asked, { code: 'ValidationError', status: 400, message })
    })
  }
})

void describe('SEARCH', () => {
  let lab: Lab
  const hosts = ['web-1', 'web-2', 'db-1']
  before(async () => {
    lab = openLab()
    for (const [i, host] of hosts.entries()) {
      await lab.cloudwatch('PutMetricData', {
        Namespace: 'My App',
        MetricData: ['CPUUtilization', 'DiskReadBytes'].map((MetricName) => ({
          MetricName,
          Value: i + 1,
          Dimensions: [{ Name: 'Host', Value: host }],
        })),
      })
    }
    await lab.cloudwatch('PutMetricData', {
      Namespace: 'Other',
      MetricData: [
        { MetricName: 'CPUUtilization', Value: 9 },
        {
          MetricName: 'CPUUtilization',
          Value: 8,
          Dimensions: [
            { Name: 'Host', Value: 'web-1' },
            { Name: 'Zone', Value: 'a' },
          ],
        },
      ],
    })
    lab.wait(60)
  })
  after(() => lab.close())

  const found = async (search: string) => {
    const { MetricDataResults } = await lab.cloudwatch('GetMetricData', {
      MetricDataQueries: [{ Id: 'e', Expression: `SEARCH('${search}', 'Sum', 60)` }],
      StartTime: lab.now() - 600,
      EndTime: lab.now(),
    })
    return MetricDataResults.map(({ Values, Label }: { Values: number[]; Label: string }) => [Label, ...Values])
      .map(String)
      .sort()
  }

  const cpu = hosts.map((host, i) => `CPUUtilization ${host},${i + 1}`).sort()
  const disk = hosts.map((host, i) => `DiskReadBytes ${host},${i + 1}`).sort()
  const rows: [search: string, result: string[]][] = [
    ['{My App,Host} MetricName="CPUUtilization"', cpu],
    ['{"My App",Host} MetricName="CPUUtilization"', cpu],
    ['{My App,Host}', [...cpu, ...disk].sort()],
    ['{My App,Host} disk', disk],
    ['{My App,Host} DiskRead', disk],
    ['{My App,Host} "DiskRead"', []],
    ['{My App,Host} Utilization db', ['CPUUtilization db-1,3']],
    ['{My App,Host} MetricName="CPUUtilization" Host=("web-1" OR "db-1")', [cpu[1]!, cpu[0]!].sort()],
    ['{My App,Host} MetricName="CPUUtilization" NOT Host=web', ['CPUUtilization db-1,3']],
    ['{My App}', []],
    ['{My App,Host,Zone}', []],
    ['{Other,Zone,Host}', ['e,8']],
    ['Namespace="Other" CPUUtilization', ['CPUUtilization web-1 a,8', 'CPUUtilization,9']],
    ['nothing', []],
  ]
  for (const [search, result] of rows) {
    void it(`${search}: ${result.length}`, async () => {
      const single = result.length === 1 ? [`e,${result[0]!.split(',')[1]}`] : result
      assert.deepEqual(await found(search), single.toSorted())
    })
  }

  void it('does not find what had no data for two weeks', async () => {
    const before = lab.now()
    lab.wait(15 * 86_400)
    const { MetricDataResults } = await lab.cloudwatch('GetMetricData', {
      MetricDataQueries: [{ Id: 'e', Expression: `SEARCH('{My App,Host}', 'Sum', 300)` }],
      StartTime: before - 600,
      EndTime: lab.now(),
    })
    assert.deepEqual(MetricDataResults, [])
  })

  for (const [search, message] of [
    ['{My App,Host} (a OR', /The search expression/],
    ['{My App,Host} a)', /Unexpected '\)' in the search expression/],
    ['"a', /The search expression is not complete/],
  ] as const) {
    void it(`refuses ${search}`, () => assert.rejects(found(search), { code: 'ValidationError', message }))
  }
})
