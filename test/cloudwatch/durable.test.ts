import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Cell } from '../../src/services/cloudwatch/cell.ts'
import { addCells } from '../../src/services/cloudwatch/datapoints.ts'
import { metricKey } from '../../src/services/cloudwatch/metric.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { ListOptions, Store } from '../../src/store/store.ts'
import { ACCOUNT, openLab, putSeries, REGION, START } from './lab.ts'

const metric = { Namespace: 'Durable', MetricName: 'load' }
const alarm = {
  ...metric,
  AlarmName: 'load',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:pager`],
}

void describe('a restart', () => {
  void it('keeps alarms, their state, their history and what composite alarms wait for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    const path = join(folder, 'state.db')
    try {
      const first = openLab(openStore(path))
      await putSeries(first, metric, [20, 20])
      await first.cloudwatch('PutMetricAlarm', alarm)
      await first.cloudwatch('PutMetricAlarm', { ...alarm, AlarmName: 'repair', TreatMissingData: 'ignore' })
      await first.cloudwatch('SetAlarmState', { AlarmName: 'repair', StateValue: 'ALARM', StateReason: 'test' })
      await first.cloudwatch('PutCompositeAlarm', {
        AlarmName: 'above',
        AlarmRule: 'ALARM(load)',
        AlarmActions: alarm.AlarmActions,
        ActionsSuppressor: 'repair',
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 120,
      })
      await first.evaluate()
      const told = async (lab: typeof first) => ({
        alarms: await lab.cloudwatch('DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
        history: (await lab.cloudwatch('DescribeAlarmHistory', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }))
          .AlarmHistoryItems,
      })
      const before = await told(first)
      assert.deepEqual(
        before.alarms.MetricAlarms.map((one: { StateValue: string }) => one.StateValue),
        ['ALARM', 'ALARM'],
      )
      assert.equal(before.alarms.CompositeAlarms[0].ActionsSuppressedBy, 'Alarm')
      first.close()

      const second = openLab(openStore(path))
      assert.deepEqual(await told(second), before)
      await second.evaluate()
      assert.deepEqual(await told(second), before, 'the same data, the same state: nothing happens twice')

      second.wait(60)
      await putSeries(second, metric, [1])
      await second.evaluate()
      const { MetricAlarms } = await second.cloudwatch('DescribeAlarms', { AlarmNames: ['load'] })
      assert.equal(MetricAlarms[0].StateValue, 'OK')
      await second.cloudwatch('SetAlarmState', { AlarmName: 'repair', StateValue: 'OK', StateReason: 'test' })
      second.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Tells how many rows of which kind a store was made to read. */
function counting(store: Store): { store: Store; rows: Map<string, number> } {
  const rows = new Map<string, number>()
  const read = (kind: string, count: number) => rows.set(kind, (rows.get(kind) ?? 0) + count)
  const counted: Store = {
    ...store,
    get revision() {
      return store.revision
    },
    get: <T>(kind: string, key: string) => {
      read(kind, 1)
      return store.get<T>(kind, key)
    },
    list: <T>(kind: string, options?: ListOptions) => {
      const found = store.list<T>(kind, options)
      read(kind, found.length)
      return found
    },
  }
  return { store: counted, rows }
}

void describe('a million datapoints', () => {
  const METRICS = 200
  const MINUTES = 100
  const name = (i: number) => ({ Namespace: 'Many', MetricName: `m${i}` })

  void it('an hour of one metric is read without the others, by queries and by alarms', async () => {
    const { store, rows } = counting(openStore(':memory:'))
    const lab = openLab(store)
    try {
      // 200 metrics of 100 minutes with 50 seconds that have a datapoint of their own.
      store.transaction(() => {
        for (let i = 0; i < METRICS; i++) {
          const key = metricKey({ account: ACCOUNT, region: REGION }, name(i))
          const cells: Cell[] = []
          for (let minute = 0; minute < MINUTES; minute++) {
            for (let second = 0; second < 50; second++) {
              const time = START - (MINUTES - minute) * 60 + second
              cells.push({ time, seconds: 1, unit: 'None', count: 1, sum: i, minimum: i, maximum: i, values: [[i, 1]] })
            }
          }
          addCells(store, key, cells)
        }
      })
      assert.equal(store.count('cloudwatch/datapoints') * 50, 1_000_000)

      const reading = async (work: () => Promise<unknown>) => {
        rows.clear()
        const result = await work()
        return { result, read: rows.get('cloudwatch/datapoints') ?? 0 }
      }
      const hour = { StartTime: START - 3600, EndTime: START }
      const { result, read } = await reading(() =>
        lab.cloudwatch('GetMetricData', {
          MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: name(77), Period: 60, Stat: 'p90' } }],
          ...hour,
        }),
      )
      const [first] = (result as { MetricDataResults: { Values: number[] }[] }).MetricDataResults
      assert.deepEqual(
        first!.Values,
        Array.from({ length: 60 }, () => 77),
      )
      assert.ok(read >= 60 && read <= 62, `${read} rows for 60 minutes`)

      const statistics = await reading(() =>
        lab.cloudwatch('GetMetricStatistics', { ...name(3), ...hour, Period: 3600, Statistics: ['SampleCount'] }),
      )
      assert.equal((statistics.result as { Datapoints: { SampleCount: number }[] }).Datapoints[0]!.SampleCount, 3000)
      assert.ok(statistics.read <= 62, `${statistics.read} rows`)

      await lab.cloudwatch('PutMetricAlarm', { ...alarm, ...name(150) })
      const evaluated = await reading(() => lab.evaluate())
      const { MetricAlarms } = await lab.cloudwatch('DescribeAlarms')
      assert.equal(MetricAlarms[0].StateValue, 'ALARM')
      // Evaluation periods and two more, once for the values and once for the sample counts, and the minutes at their ends.
      assert.ok(evaluated.read <= 14, `${evaluated.read} rows`)

      const put = await reading(() =>
        lab.cloudwatch('PutMetricData', { Namespace: 'Many', MetricData: [{ MetricName: 'm9', Value: 1 }] }),
      )
      assert.ok(put.read <= 1, `${put.read} rows`)
    } finally {
      lab.close()
    }
  })
})
