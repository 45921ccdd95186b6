import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { watchScaling } from '../../src/services/application-autoscaling/watch.ts'
import { watchAlarms } from '../../src/services/cloudwatch/watch.ts'
import { openLab, putSeries, START } from './lab.ts'

const metric = { Namespace: 'Watched', MetricName: 'load' }
const alarm = {
  ...metric,
  AlarmName: 'load',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
}

void describe('the watch over alarms', () => {
  void it('looks once a minute, asked every second, until it is stopped', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const lab = openLab(undefined, START + 30)
    const second = async (count = 1) => {
      for (let i = 0; i < count; i++) {
        lab.wait(1)
        t.mock.timers.tick(1000)
        await nextTurn()
      }
    }
    const state = async () => (await lab.cloudwatch('DescribeAlarms')).MetricAlarms[0].StateValue
    const watch = watchAlarms(lab.world)
    try {
      await second()
      await lab.cloudwatch('PutMetricAlarm', alarm)
      await lab.cloudwatch('PutMetricData', {
        Namespace: metric.Namespace,
        MetricData: [{ MetricName: metric.MetricName, Value: 20, Timestamp: START - 60 }],
      })
      await second(28)
      assert.equal(await state(), 'INSUFFICIENT_DATA', 'the minute is not over')
      await second()
      assert.equal(await state(), 'ALARM')
      await putSeries(lab, metric, [1])
      await watch.stop()
      await second(120)
      assert.equal(await state(), 'ALARM', 'nothing looks any more')
    } finally {
      await watch.stop()
      lab.close()
    }
  })

  void it('and that over scaling come to an end when they are stopped', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const lab = openLab()
    const watches = [watchAlarms(lab.world), watchScaling(lab.world)]
    t.mock.timers.tick(1000)
    for (const watch of watches) await watch.stop()
    // What is looked at after that would fail on a store that is closed, and be told.
    const told: unknown[] = []
    Object.assign(lab.world.log, { error: (what: unknown) => told.push(what) })
    lab.close()
    t.mock.timers.tick(60_000)
    await nextTurn()
    assert.deepEqual(told, [])
  })
})
