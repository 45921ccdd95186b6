import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { tidyMetrics } from '../../src/services/cloudwatch/watch.ts'
import { openLab, START, type Lab } from './lab.ts'

const DAY = 86_400
const states = ['ALARM', 'OK', 'ALARM', 'OK'] as const

const watched = (AlarmName: string) => ({
  AlarmName,
  Namespace: 'App',
  MetricName: 'load',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
})

interface Item {
  AlarmName: string
  AlarmType: string
  Timestamp: number
  HistoryItemType: string
  HistorySummary: string
  HistoryData: string
}

void describe('the history of alarms', () => {
  let lab: Lab
  before(async () => {
    lab = openLab()
    for (const name of ['a', 'b']) await lab.cloudwatch('PutMetricAlarm', watched(name))
    await lab.cloudwatch('PutCompositeAlarm', { AlarmName: 'both', AlarmRule: 'ALARM(a) AND ALARM(b)' })
    for (const StateValue of states) {
      lab.wait(60)
      for (const AlarmName of ['a', 'b'])
        await lab.cloudwatch('SetAlarmState', { AlarmName, StateValue, StateReason: `set to ${StateValue}` })
    }
    lab.wait(60)
    await lab.cloudwatch('PutMetricAlarm', { ...watched('b'), Threshold: 2 })
    await lab.cloudwatch('PutCompositeAlarm', { AlarmName: 'both', AlarmRule: 'ALARM(a)' })
    await lab.cloudwatch('DeleteAlarms', { AlarmNames: ['b'] })
  })
  after(() => lab.close())

  const history = async (input: object = {}): Promise<Item[]> =>
    (await lab.cloudwatch('DescribeAlarmHistory', { ...input })).AlarmHistoryItems

  void it('tells the newest first, or the oldest', async () => {
    const newest = await history({ AlarmName: 'a', HistoryItemType: 'StateUpdate' })
    assert.deepEqual(
      newest.map(({ HistorySummary }) => HistorySummary),
      [
        'Alarm updated from ALARM to OK',
        'Alarm updated from OK to ALARM',
        'Alarm updated from ALARM to OK',
        'Alarm updated from INSUFFICIENT_DATA to ALARM',
      ],
    )
    const oldest = await history({ AlarmName: 'a', HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' })
    assert.deepEqual(oldest, newest.toReversed())
    assert.deepEqual(JSON.parse(newest[0]!.HistoryData), {
      version: '1.0',
      oldState: { stateValue: 'ALARM', stateReason: 'set to ALARM' },
      newState: { stateValue: 'OK', stateReason: 'set to OK' },
    })
  })

  void it('tells what was configured: created, updated, deleted', async () => {
    const items = await history({ AlarmName: 'b', HistoryItemType: 'ConfigurationUpdate' })
    assert.deepEqual(
      items.map(({ HistorySummary, HistoryData }) => [HistorySummary, JSON.parse(HistoryData).type]),
      [
        ['Alarm "b" deleted', 'Delete'],
        ['Alarm "b" updated', 'Update'],
        ['Alarm "b" created', 'Create'],
      ],
    )
    assert.equal(JSON.parse(items[1]!.HistoryData).updatedAlarm.Threshold, 2)
  })

  void it('tells of metric alarms unless others are asked for', async () => {
    const names = (items: Item[]) => [...new Set(items.map(({ AlarmName }) => AlarmName))].sort()
    assert.deepEqual(names(await history()), ['a', 'b'])
    assert.deepEqual(names(await history({ AlarmTypes: ['CompositeAlarm'] })), ['both'])
    assert.deepEqual(names(await history({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] })), ['a', 'b', 'both'])
    const [item] = await history({ AlarmName: 'both' })
    assert.equal(item!.AlarmType, 'CompositeAlarm')
  })

  void it('tells of a time', async () => {
    const items = await history({
      AlarmName: 'a',
      HistoryItemType: 'StateUpdate',
      StartDate: START + 120,
      EndDate: START + 180,
    })
    assert.deepEqual(
      items.map(({ Timestamp }) => Timestamp),
      [START + 180, START + 120],
    )
  })

  void it('comes in pages that together are the whole', async () => {
    const AlarmTypes = ['MetricAlarm', 'CompositeAlarm']
    for (const ScanBy of ['TimestampAscending', 'TimestampDescending']) {
      const whole = await history({ AlarmTypes, ScanBy })
      const found: Item[] = []
      let NextToken: string | undefined
      do {
        const page = await lab.cloudwatch('DescribeAlarmHistory', { AlarmTypes, ScanBy, MaxRecords: 3, NextToken })
        assert.ok(page.AlarmHistoryItems.length <= 3)
        found.push(...page.AlarmHistoryItems)
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      assert.deepEqual(found, whole)
      const times = whole.map(({ Timestamp }) => Timestamp)
      assert.deepEqual(
        times,
        times.toSorted((x, y) => (ScanBy === 'TimestampAscending' ? x - y : y - x)),
      )
    }
  })

  void it('is kept for thirty days', async () => {
    lab.wait(START + 30 * DAY - lab.now())
    const all = (await history({ AlarmName: 'a' })).length
    assert.equal(all, 1 + states.length)
    lab.wait(60)
    assert.equal((await history({ AlarmName: 'a' })).length, all - 1)
    lab.wait(DAY)
    assert.deepEqual(await history({ AlarmName: 'a' }), [])
    await tidyMetrics(lab.world)
    assert.equal(lab.world.store.count('cloudwatch/alarm-history'), 0)
  })
})

void describe('what a composite alarm may be made of', () => {
  let lab: Lab
  before(async () => {
    lab = openLab()
    await lab.cloudwatch('PutMetricAlarm', watched('one'))
  })
  after(() => lab.close())
  const rule = (AlarmRule: string, more: object = {}) =>
    lab.cloudwatch('PutCompositeAlarm', { AlarmName: 'made', AlarmRule, ...more })

  void it('a hundred alarms, and no more', async () => {
    const names = Array.from({ length: 101 }, (_, i) => `child-${i}`)
    for (const name of names) await lab.cloudwatch('PutMetricAlarm', watched(name))
    const of = (count: number) =>
      names
        .slice(0, count)
        .map((name) => `ALARM(${name})`)
        .join(' OR ')
    await rule(of(100))
    await assert.rejects(rule(of(101)), { code: 'ValidationError', message: /100 alarms/ })
  })

  void it('alarms by their ARN as well', async () => {
    await rule('ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:one") AND NOT OK(one)')
    await lab.cloudwatch('SetAlarmState', { AlarmName: 'one', StateValue: 'ALARM', StateReason: 'test' })
    const { CompositeAlarms } = await lab.cloudwatch('DescribeAlarms', {
      AlarmNames: ['made'],
      AlarmTypes: ['CompositeAlarm'],
    })
    assert.equal(CompositeAlarms[0].StateValue, 'ALARM')
  })

  for (const [what, more, code, message] of [
    ['a suppressor that is not there', { ActionsSuppressor: 'nobody', ...periods(1, 1) }, 'ValidationError', /nobody/],
    ['a suppressor without its wait', { ActionsSuppressor: 'one' }, 'MissingParameter', /ActionsSuppressorWaitPeriod/],
    ['a wait without suppressor', periods(1, 1), 'ValidationError', /^ActionsSuppressor is required/],
    ['a negative wait', { ActionsSuppressor: 'one', ...periods(-1, 1) }, 'ValidationError', /negative/],
  ] as const) {
    void it(`not ${what}`, () => assert.rejects(rule('ALARM(one)', more), { code, message }))
  }

  void it('not deleted as long as others hang on it', async () => {
    await lab.cloudwatch('PutMetricAlarm', watched('two'))
    await rule('ALARM(one) OR ALARM(two)')
    const depended = (names: string, them: string) => ({
      code: 'ValidationError',
      message: `Cannot delete ${names} as there are composite alarm(s) depending on ${them}.`,
    })
    const remove = (...AlarmNames: string[]) => lab.cloudwatch('DeleteAlarms', { AlarmNames })
    await assert.rejects(remove('one'), depended('one', 'it'))
    await assert.rejects(remove('one', 'two'), depended('one,two', 'them'))
    await rule('ALARM(one)')
    await remove('two')
  })

  void it('a state that was set stays until one that it hangs on changes, or it is put anew', async () => {
    const state = async () => {
      await lab.evaluate()
      const AlarmTypes = ['CompositeAlarm']
      const { CompositeAlarms } = await lab.cloudwatch('DescribeAlarms', { AlarmNames: ['made'], AlarmTypes })
      return CompositeAlarms[0].StateValue
    }
    const set = (AlarmName: string, StateValue: string) =>
      lab.cloudwatch('SetAlarmState', { AlarmName, StateValue, StateReason: 'test' })
    // Without data and with nothing but that to go by, the child keeps what it was set to.
    await lab.cloudwatch('PutMetricAlarm', { ...watched('one'), TreatMissingData: 'ignore' })
    await rule('ALARM(one)')
    await set('one', 'OK')
    assert.equal(await state(), 'OK')
    await set('made', 'ALARM')
    lab.wait(60)
    assert.equal(await state(), 'ALARM')
    await set('one', 'ALARM')
    await set('one', 'OK')
    assert.equal(await state(), 'OK')
    await set('made', 'ALARM')
    await rule('ALARM(one)')
    assert.equal(await state(), 'OK')
  })

  void it('of each other they come to an end', async () => {
    const alarm = (AlarmName: string, AlarmRule: string) =>
      lab.cloudwatch('PutCompositeAlarm', { AlarmName, AlarmRule })
    await alarm('left', 'TRUE')
    await alarm('right', 'ALARM(left)')
    await alarm('left', 'NOT ALARM(right)')
    const changes = () => lab.world.store.count('cloudwatch/alarm-history')
    for (let i = 0; i < 3; i++) {
      lab.wait(60)
      await lab.evaluate()
    }
    const before = changes()
    for (let i = 0; i < 10; i++) {
      lab.wait(60)
      await lab.evaluate()
    }
    assert.equal(changes(), before)
    await assert.rejects(lab.cloudwatch('DeleteAlarms', { AlarmNames: ['left'] }), { code: 'ValidationError' })
    await alarm('left', 'FALSE')
    await lab.cloudwatch('DeleteAlarms', { AlarmNames: ['right'] })
    await lab.cloudwatch('DeleteAlarms', { AlarmNames: ['left'] })
  })

  void it('not a name that a metric alarm has, and the other way round', async () => {
    const taken = { code: 'ValidationError', message: /An alarm of another type has the name/ }
    await assert.rejects(lab.cloudwatch('PutCompositeAlarm', { AlarmName: 'one', AlarmRule: 'TRUE' }), taken)
    await rule('TRUE')
    await assert.rejects(lab.cloudwatch('PutMetricAlarm', watched('made')), taken)
  })
})

function periods(ActionsSuppressorWaitPeriod: number, ActionsSuppressorExtensionPeriod: number) {
  return { ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod }
}
