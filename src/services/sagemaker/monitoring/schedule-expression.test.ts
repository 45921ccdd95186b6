import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseOffset, parseSchedule } from './schedule-expression.ts'

const all = Array.from({ length: 24 }, (_, hour) => hour)

/** API_ScheduleConfig's own examples, and what lies beside them. */
const schedules: [expression: string, hours: readonly number[] | 'once' | undefined][] = [
  ['cron(0 * ? * * *)', all],
  ['cron(0 12 ? * * *)', [12]],
  ['cron(0 00 ? * * *)', [0]],
  ['cron(0 17/12 ? * * *)', [17]],
  ['cron(0 0/2 ? * * *)', all.filter((hour) => hour % 2 === 0)],
  ['cron(0 3/6 ? * * *)', [3, 9, 15, 21]],
  ['NOW', 'once'],
  ['now', undefined],
  ['cron(5 * ? * * *)', undefined],
  ['cron(0 24 ? * * *)', undefined],
  ['cron(0 1/25 ? * * *)', undefined],
  ['cron(0 1/0 ? * * *)', undefined],
  ['cron(0 * ? * MON *)', undefined],
  ['rate(1 hour)', undefined],
]

describe('a monitoring schedule expression', () => {
  for (const [expression, hours] of schedules) {
    it(expression, () => {
      const wanted = hours === undefined ? undefined : hours === 'once' ? { once: true } : { hours }
      assert.deepEqual(parseSchedule(expression), wanted)
    })
  }
})

const offsets: [text: string, ms: number | undefined][] = [
  ['-PT1H', -3_600_000],
  ['PT0S', 0],
  ['-P1D', -86_400_000],
  ['-P1DT1H30M', -91_800_000],
  ['P', undefined],
  ['PT', undefined],
  ['1H', undefined],
]

describe('an offset of a data analysis window', () => {
  for (const [text, ms] of offsets) it(text, () => assert.equal(parseOffset(text), ms))
})
