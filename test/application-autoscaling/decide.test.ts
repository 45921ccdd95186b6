import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decideStep, decideTracking, type Situation } from '../../src/services/application-autoscaling/decide.ts'
import type { StepScaling } from '../../src/services/application-autoscaling/policy.ts'
import { nextRun, parseSchedule } from '../../src/services/application-autoscaling/schedule.ts'

const situation = (more: Partial<Situation>): Situation => ({
  now: 1000,
  capacity: 10,
  minCapacity: 1,
  maxCapacity: 100,
  ...more,
})
const steps = (AdjustmentType: StepScaling['AdjustmentType'], more: Partial<StepScaling> = {}): StepScaling => ({
  ...(AdjustmentType && { AdjustmentType }),
  // User Guide, "Step adjustments": out by 10 and 30 per cent, in by the same.
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
    { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: -20, MetricIntervalUpperBound: -10, ScalingAdjustment: -10 },
    { MetricIntervalUpperBound: -20, ScalingAdjustment: -30 },
  ],
  ...more,
})

describe('step scaling', () => {
  const percent = steps('PercentChangeInCapacity')
  const one = (by: number) => ({ StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: by }] })
  const last = { direction: 'out' as const, at: 900, before: 10 }
  const rows: [what: string, policy: StepScaling, more: Partial<Situation>, result: number | string][] = [
    ['60 of 50 adds a tenth', percent, { value: 60, threshold: 50 }, 11],
    ['just below is the step before', percent, { value: 59.9, threshold: 50 }, 'AlreadyAtDesiredCapacity'],
    ['70 adds three tenths', percent, { value: 70, threshold: 50, capacity: 11 }, 14],
    ['40 takes a tenth, at least one', percent, { value: 40, threshold: 50, capacity: 13 }, 12],
    ['30 takes three tenths', percent, { value: 30, threshold: 50, capacity: 13 }, 10],
    [
      'no less than the least magnitude',
      steps('PercentChangeInCapacity', { MinAdjustmentMagnitude: 4 }),
      { value: 60, threshold: 50 },
      14,
    ],
    ['so many more', { AdjustmentType: 'ChangeInCapacity', ...one(3) }, { value: 1, threshold: 0 }, 13],
    ['exactly so many', { AdjustmentType: 'ExactCapacity', ...one(7) }, { value: 1, threshold: 0 }, 7],
    ['no more than the maximum', { AdjustmentType: 'ChangeInCapacity', ...one(300) }, { value: 1, threshold: 0 }, 100],
    [
      'at the maximum',
      { AdjustmentType: 'ChangeInCapacity', ...one(1) },
      { value: 1, threshold: 0, capacity: 100 },
      'AlreadyAtMaxCapacity',
    ],
    [
      'at the minimum',
      { AdjustmentType: 'ChangeInCapacity', ...one(-1) },
      { value: 1, threshold: 0, capacity: 1 },
      'AlreadyAtMinCapacity',
    ],
    ['no step for it', { AdjustmentType: 'ChangeInCapacity', ...one(1) }, { value: -1, threshold: 0 }, 'none'],
    [
      'cooling, the same step',
      { AdjustmentType: 'ChangeInCapacity', ...one(2) },
      { value: 1, threshold: 0, capacity: 12, last },
      'AlreadyAtDesiredCapacity',
    ],
    [
      'cooling, a larger one: only the difference',
      { AdjustmentType: 'ChangeInCapacity', ...one(3) },
      { value: 1, threshold: 0, capacity: 12, last },
      13,
    ],
    [
      'cooled down',
      { AdjustmentType: 'ChangeInCapacity', Cooldown: 100, ...one(2) },
      { value: 1, threshold: 0, capacity: 12, last },
      14,
    ],
    [
      'in, while it cools from in',
      { AdjustmentType: 'ChangeInCapacity', ...one(-1) },
      { value: 1, threshold: 0, last: { ...last, direction: 'in' } },
      'none',
    ],
  ]
  for (const [what, policy, more, result] of rows) {
    it(what, () => {
      const decision = decideStep(policy, situation(more))
      assert.equal(!decision ? 'none' : decision.kind === 'scale' ? decision.capacity : decision.code, result)
    })
  }
})

describe('target tracking', () => {
  const policy = { TargetValue: 70 }
  const last = { direction: 'out' as const, at: 900, before: 10 }
  const rows: [what: string, alarm: 'high' | 'low', more: Partial<Situation>, result: number | string][] = [
    ['twice the target, twice the capacity', 'high', { value: 140 }, 20],
    ['rounded up', 'high', { value: 71 }, 11],
    ['from none to one', 'high', { value: 500, capacity: 0, minCapacity: 0 }, 1],
    ['half the target, half the capacity', 'low', { value: 35 }, 5],
    ['in, while it cools', 'low', { value: 35, last }, 'none'],
    ['out, while it cools, and more is needed', 'high', { value: 210, capacity: 20, last }, 30],
    [
      'out, while it cools, and no more is needed',
      'high',
      { value: 140, capacity: 20, last },
      'AlreadyAtDesiredCapacity',
    ],
    ['at the maximum', 'high', { value: 140, capacity: 100 }, 'AlreadyAtMaxCapacity'],
    ['no data', 'low', {}, 'none'],
  ]
  for (const [what, alarm, more, result] of rows) {
    it(what, () => {
      const decision = decideTracking(policy, alarm, situation(more))
      assert.equal(!decision ? 'none' : decision.kind === 'scale' ? decision.capacity : decision.code, result)
    })
  }
})

describe('schedules', () => {
  const after = Date.UTC(2026, 10, 23, 10, 0, 30)
  const rows: [schedule: string, timezone: string, next: string | undefined][] = [
    ['at(2026-11-24T05:06:07)', 'UTC', '2026-11-24T05:06:07.000Z'],
    ['at(2026-11-24T05:06:07)', 'America/New_York', '2026-11-24T10:06:07.000Z'],
    ['at(2026-11-22T05:06:07)', 'UTC', undefined],
    ['rate(5 minutes)', 'UTC', '2026-11-23T10:05:00.000Z'],
    ['rate(1 day)', 'UTC', '2026-11-24T10:00:00.000Z'],
    ['cron(15 10 * * ? *)', 'UTC', '2026-11-23T10:15:00.000Z'],
    ['cron(0 9 * * ? *)', 'UTC', '2026-11-24T09:00:00.000Z'],
    ['cron(0 9 * * ? *)', 'Europe/Berlin', '2026-11-24T08:00:00.000Z'],
    ['cron(0 18 ? * MON-FRI *)', 'UTC', '2026-11-23T18:00:00.000Z'],
    ['cron(0/15 8-9 ? * SAT *)', 'UTC', '2026-11-28T08:00:00.000Z'],
    ['cron(0 0 L * ? *)', 'UTC', '2026-11-30T00:00:00.000Z'],
    ['cron(0 0 ? * 6L *)', 'UTC', '2026-11-27T00:00:00.000Z'],
    ['cron(0 0 ? * 3#1 *)', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['cron(0 0 29 2 ? *)', 'UTC', '2028-02-29T00:00:00.000Z'],
    ['cron(0 0 1 JAN ? 2026)', 'UTC', undefined],
    // In the night of 2027-03-28 clocks go from two to three there.
    ['cron(30 2 28 3 ? 2027)', 'Europe/Berlin', undefined],
    ['cron(30 2 31 10 ? 2027)', 'Europe/Berlin', '2027-10-31T00:30:00.000Z'],
  ]
  for (const [text, timezone, next] of rows) {
    it(`${text} in ${timezone}: ${next}`, () => {
      const time = nextRun(parseSchedule(text)!, { after, from: Date.UTC(2026, 10, 23, 10), timezone })
      assert.equal(time === undefined ? undefined : new Date(time).toISOString(), next)
    })
  }
  for (const text of [
    '',
    'at(tomorrow)',
    'at(2026-02-30T00:00:00)',
    'rate(0 minutes)',
    'rate(5 weeks)',
    'cron(* * * *)',
    'cron(60 * * * ? *)',
    'cron(0 0 1 * 1 *)',
    'cron(0 0 ? * ? *)',
    'cron(a * * * ? *)',
  ])
    it(`takes no ${text}`, () => assert.equal(parseSchedule(text), undefined))
})
