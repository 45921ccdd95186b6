import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decideAlarm } from '../../src/services/cloudwatch/decide-alarm.ts'
import { openLab, putSeries } from './lab.ts'

interface Table {
  source: string
  evaluationPeriods: number
  datapointsToAlarm: number
  /** The newest at the right: 0 is within the threshold, X breaches, - is missing. A state of null is kept. */
  rows: { data: string; filled?: number; states: Record<string, string | null> }[]
}

const { tables } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../corpus/cloudwatch/missing-data.json'), 'utf8'),
) as { tables: Table[] }

const points = (data: string) => data.split(' ').map((one) => (one === '-' ? undefined : one === 'X'))

void describe('what alarms make of missing data', () => {
  for (const { source, evaluationPeriods: periods, datapointsToAlarm: toAlarm, rows } of tables) {
    for (const { data, filled, states } of rows) {
      for (const [treatMissing, state] of Object.entries(states)) {
        void it(`${source}, ${toAlarm} of ${periods}: ${data} as ${treatMissing}: ${state ?? 'stays'}`, () => {
          const verdict = decideAlarm({ breaching: points(data), periods, toAlarm, treatMissing })
          assert.equal(verdict.state ?? null, state)
          if (filled !== undefined) assert.equal(verdict.missing, filled)
        })
      }
    }
  }

  void it('the same by a server, with periods of five minutes, from every state', async () => {
    const lab = openLab()
    try {
      let number = 0
      for (const { evaluationPeriods, datapointsToAlarm, rows } of tables) {
        for (const { data, states } of rows) {
          const metric = { Namespace: 'Tables', MetricName: `m${++number}` }
          const values = points(data).map((one) => (one === undefined ? undefined : Number(one)))
          await putSeries(lab, metric, values, 300)
          for (const TreatMissingData of Object.keys(states)) {
            for (const before of ['OK', 'ALARM', 'INSUFFICIENT_DATA']) {
              const AlarmName = `${number}-${TreatMissingData}-${before}`
              await lab.cloudwatch('PutMetricAlarm', {
                ...metric,
                AlarmName,
                Statistic: 'Maximum',
                Period: 300,
                EvaluationPeriods: evaluationPeriods,
                DatapointsToAlarm: datapointsToAlarm,
                Threshold: 0,
                ComparisonOperator: 'GreaterThanThreshold',
                TreatMissingData,
              })
              await lab.cloudwatch('SetAlarmState', { AlarmName, StateValue: before, StateReason: 'test' })
            }
          }
        }
      }
      await lab.evaluate()
      const found: Record<string, string> = {}
      for (let NextToken: string | undefined; ;) {
        const page = await lab.cloudwatch('DescribeAlarms', { MaxRecords: 100, ...(NextToken && { NextToken }) })
        for (const { AlarmName, StateValue } of page.MetricAlarms) found[AlarmName] = StateValue
        if (!(NextToken = page.NextToken)) break
      }
      const expected: Record<string, string> = {}
      for (const [i, { states }] of tables.flatMap(({ rows }) => rows).entries()) {
        for (const [treatment, state] of Object.entries(states)) {
          for (const before of ['OK', 'ALARM', 'INSUFFICIENT_DATA'])
            expected[`${i + 1}-${treatment}-${before}`] = state ?? before
        }
      }
      assert.deepEqual(found, expected)
    } finally {
      lab.close()
    }
  })

  const evidence = fc.integer({ min: 1, max: 6 }).chain((periods) =>
    fc.record({
      periods: fc.constant(periods),
      toAlarm: fc.integer({ min: 1, max: periods }),
      breaching: fc.array(fc.constantFrom(undefined, true, false), {
        minLength: periods + 2,
        maxLength: periods + 2,
      }),
    }),
  )
  const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const

  void it('how it is treated says nothing where enough is known', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const verdicts = treatments.map((treatMissing) => decideAlarm({ ...given, treatMissing }))
        if (verdicts[0]!.missing > 0) return
        assert.equal(new Set(verdicts.map(({ state }) => state)).size, 1)
        const last = given.breaching.filter((one) => one !== undefined).slice(-given.periods)
        const alarm = last.filter(Boolean).length >= given.toAlarm
        assert.equal(verdicts[0]!.state, alarm ? 'ALARM' : 'OK')
      }),
    )
  })

  void it('what was filled in as breaching, or as not, is told as if it had been there', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        for (const [treatMissing, value] of [
          ['breaching', true],
          ['notBreaching', false],
        ] as const) {
          const { state, evaluated, missing } = decideAlarm({ ...given, treatMissing })
          const all = [...evaluated.map((i) => given.breaching[i]), ...Array.from({ length: missing }, () => value)]
          assert.equal(all.length, given.periods)
          assert.equal(state, all.filter(Boolean).length >= given.toAlarm ? 'ALARM' : 'OK')
        }
      }),
    )
  })

  void it('no data at all is INSUFFICIENT_DATA where it counts as missing, and only there', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { state } = decideAlarm({ ...given, treatMissing: 'missing' })
        assert.equal(
          state === 'INSUFFICIENT_DATA',
          given.breaching.every((one) => one === undefined),
        )
      }),
    )
  })
})
