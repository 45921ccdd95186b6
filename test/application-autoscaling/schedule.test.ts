import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { runScheduledActions } from '../../src/services/application-autoscaling/watch.ts'
import { openLab, START, type Lab } from '../cloudwatch/lab.ts'
import { standIn } from './endpoints.ts'

const target = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/ep/variant/v',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
}
const HOUR = 3600

void describe('scheduled actions at their time', () => {
  let lab: Lab
  let scaled: ReturnType<typeof standIn>
  beforeEach(async () => {
    lab = openLab()
    scaled = standIn()
    scaled.endpoints.set('ep', { desired: 2, current: 2 })
    await call('RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 10 })
  })
  afterEach(() => {
    scaled.undo()
    lab.close()
  })
  const call = (operation: string, input: object) =>
    lab.call('application-autoscaling', operation, { ...target, ...input })

  /** Clock time of every run within so many hours, looked for every ten minutes. */
  async function runs(hours: number): Promise<string[]> {
    const found: string[] = []
    for (const end = lab.now() + hours * HOUR; lab.now() < end;) {
      lab.wait(600)
      const before = lab.world.store.epoch('application-autoscaling/scheduled-action')
      await runScheduledActions(lab.world)
      if (lab.world.store.epoch('application-autoscaling/scheduled-action') > before)
        found.push(new Date(lab.now() * 1000).toISOString().slice(0, 16))
    }
    return found
  }

  // The lab's clock begins on Monday 2026-11-23 at 10:00 UTC.
  const rows: [what: string, action: object, hours: number, runs: string[]][] = [
    ['at, in UTC', { Schedule: 'at(2026-11-23T12:30:00)' }, 48, ['2026-11-23T12:30']],
    [
      'at, in a zone of its own',
      { Schedule: 'at(2026-11-23T12:30:00)', Timezone: 'America/New_York' },
      48,
      ['2026-11-23T17:30'],
    ],
    ['rate', { Schedule: 'rate(12 hours)' }, 36, ['2026-11-23T22:00', '2026-11-24T10:00', '2026-11-24T22:00']],
    [
      'rate, from its start to its end',
      { Schedule: 'rate(6 hours)', StartTime: START + 5 * HOUR, EndTime: START + 17 * HOUR },
      48,
      ['2026-11-23T15:00', '2026-11-23T21:00', '2026-11-24T03:00'],
    ],
    ['cron, in UTC', { Schedule: 'cron(0 9 * * ? *)' }, 48, ['2026-11-24T09:00', '2026-11-25T09:00']],
    [
      'cron, in a zone of its own',
      { Schedule: 'cron(30 8 ? * MON-FRI *)', Timezone: 'Asia/Kolkata' },
      48,
      ['2026-11-24T03:00', '2026-11-25T03:00'],
    ],
    ['cron, until its end', { Schedule: 'cron(0 9 * * ? *)', EndTime: START + 24 * HOUR }, 72, ['2026-11-24T09:00']],
  ]
  for (const [what, action, hours, expected] of rows) {
    void it(what, async () => {
      const ScalableTargetAction = { MinCapacity: 4 }
      await call('PutScheduledAction', { ScheduledActionName: 'a', ScalableTargetAction, ...action })
      assert.deepEqual(await runs(hours), expected)
      assert.equal(scaled.endpoints.get('ep')!.desired, 4)
    })
  }

  void it('what was missed while no server ran is run once', async () => {
    const ScalableTargetAction = { MinCapacity: 3, MaxCapacity: 3 }
    await call('PutScheduledAction', { ScheduledActionName: 'a', Schedule: 'rate(1 hour)', ScalableTargetAction })
    lab.wait(24 * HOUR + 1)
    await runScheduledActions(lab.world)
    await runScheduledActions(lab.world)
    assert.equal(scaled.endpoints.get('ep')!.desired, 3)
    const { ScalingActivities } = await lab.call('application-autoscaling', 'DescribeScalingActivities', {
      ServiceNamespace: 'sagemaker',
    })
    const causes = ScalingActivities.map(({ Cause }: { Cause: string }) => Cause)
    assert.equal(causes.filter((cause: string) => cause.includes('scheduled action')).length, 1)
  })

  void it('changed, it keeps what is not given, but for its start and end', async () => {
    const action = async (input: object) => {
      await call('PutScheduledAction', { ScheduledActionName: 'a', ...input })
      const { ScheduledActions } = await lab.call('application-autoscaling', 'DescribeScheduledActions', {
        ServiceNamespace: 'sagemaker',
      })
      const [{ Schedule, StartTime, EndTime, ScalableTargetAction }] = ScheduledActions
      return { Schedule, StartTime, EndTime, ScalableTargetAction }
    }
    const ScalableTargetAction = { MinCapacity: 2 }
    const times = { StartTime: START + 60, EndTime: START + HOUR }
    const first = { Schedule: 'rate(1 day)', ScalableTargetAction, ...times }
    assert.deepEqual(await action(first), first)
    assert.deepEqual(await action({ Schedule: 'rate(2 days)' }), {
      Schedule: 'rate(2 days)',
      StartTime: undefined,
      EndTime: undefined,
      ScalableTargetAction,
    })
  })

  void it('one limit alone pushes the other along', async () => {
    const after = async (action: object) => {
      await call('RegisterScalableTarget', { MinCapacity: 3, MaxCapacity: 5 })
      await call('PutScheduledAction', {
        ScheduledActionName: `${lab.now()}`,
        Schedule: `at(${new Date((lab.now() + 60) * 1000).toISOString().slice(0, 19)})`,
        ScalableTargetAction: action,
      })
      lab.wait(60)
      await runScheduledActions(lab.world)
      const { ScalableTargets } = await lab.call('application-autoscaling', 'DescribeScalableTargets', {
        ServiceNamespace: 'sagemaker',
      })
      const [{ MinCapacity, MaxCapacity }] = ScalableTargets
      return [MinCapacity, MaxCapacity]
    }
    assert.deepEqual(await after({ MinCapacity: 8 }), [8, 8])
    assert.deepEqual(await after({ MaxCapacity: 2 }), [2, 2])
    assert.deepEqual(await after({ MinCapacity: 0 }), [0, 5])
  })

  for (const [what, input, message] of [
    ['a schedule that is none', { Schedule: 'every day' }, /^The schedule expression every day is not valid\.$/],
    ['a zone that is none', { Schedule: 'rate(1 day)', Timezone: 'Mars/Olympus' }, /^The time zone Mars\/Olympus/],
    [
      'an end before its start',
      { Schedule: 'rate(1 day)', StartTime: START + 60, EndTime: START },
      /^The start time must be before the end time\.$/,
    ],
    [
      'limits the wrong way round',
      { Schedule: 'rate(1 day)', ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 1 } },
      /^Maximum capacity cannot be less than minimum capacity$/,
    ],
    ['no limit', { Schedule: 'rate(1 day)', ScalableTargetAction: {} }, /^At least one of the minimum and the maximum/],
  ] as const) {
    void it(`is not made with ${what}`, async () => {
      const ScalableTargetAction = { MinCapacity: 1 }
      await assert.rejects(call('PutScheduledAction', { ScheduledActionName: 'a', ScalableTargetAction, ...input }), {
        code: 'ValidationException',
        message,
      })
      const { ScheduledActions } = await lab.call('application-autoscaling', 'DescribeScheduledActions', {
        ServiceNamespace: 'sagemaker',
      })
      assert.deepEqual(ScheduledActions, [])
    })
  }
})
