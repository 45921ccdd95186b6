import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch'
import type { Call } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { alarmsIn, nameOfAlarm, parseRule } from './alarm-rule.ts'
import { refersTo } from './alarm-state.ts'
import { alarmNeed, alarmsOf, compositeView, findAlarm, metricView, requireAlarm, type Alarm } from './alarm.ts'
import { invalidCombination, invalidValue } from './errors.ts'
import { page } from './page.ts'

type Input = Shape<DescribeAlarmsCommandInput>

/** Alarms in order of their names; metric alarms only, unless AlarmTypes asks for others. Asked of all alarms (`alarm:*`). */
export const describeAlarms = operation<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>(
  'cloudwatch',
  'DescribeAlarms',
  {
    needs: (_, call) => [alarmNeed('DescribeAlarms', '*', call)],
    perform: (input, { call }) => {
      checkFilters(input)
      const found = candidates(input, call).filter((alarm) => wanted(input, alarm))
      const { items, NextToken } = page(found, ({ name }) => name, {
        nextToken: input.NextToken,
        limit: input.MaxRecords ?? 50,
      })
      return {
        MetricAlarms: items.flatMap((alarm) => (alarm.type === 'MetricAlarm' ? [metricView(alarm)] : [])),
        CompositeAlarms: items.flatMap((alarm) => (alarm.type === 'CompositeAlarm' ? [compositeView(alarm)] : [])),
        ...(NextToken !== undefined && { NextToken }),
      }
    },
  },
)

/** inferred: sentences. */
function checkFilters(input: Input): void {
  const { AlarmNames, AlarmNamePrefix, ChildrenOfAlarmName, ParentsOfAlarmName } = input
  if (AlarmNames && AlarmNamePrefix !== undefined) {
    throw invalidCombination(
      'The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.',
    )
  }
  const family = ChildrenOfAlarmName ?? ParentsOfAlarmName
  if (family === undefined) return
  const allowed = new Set(['ChildrenOfAlarmName', 'ParentsOfAlarmName', 'MaxRecords', 'NextToken'])
  const other = Object.keys(input).find((name) => !allowed.has(name))
  if (other !== undefined || (ChildrenOfAlarmName !== undefined && ParentsOfAlarmName !== undefined)) {
    throw invalidValue(
      'ChildrenOfAlarmName and ParentsOfAlarmName take no other parameters than MaxRecords and NextToken.',
    )
  }
}

function candidates(input: Input, call: Call): Alarm[] {
  const { store } = call.world
  const { ChildrenOfAlarmName, ParentsOfAlarmName, AlarmNames } = input
  if (ChildrenOfAlarmName !== undefined) {
    const parent = requireAlarm(store, call, ChildrenOfAlarmName)
    if (parent.type !== 'CompositeAlarm') throw invalidValue(`${ChildrenOfAlarmName} is not a composite alarm.`)
    const names = alarmsIn(parseRule(parent.rule)!).map(nameOfAlarm)
    return names.flatMap((name) => findAlarm(store, call, name) ?? [])
  }
  if (ParentsOfAlarmName !== undefined) {
    const child = requireAlarm(store, call, ParentsOfAlarmName)
    return alarmsOf(store, call).filter((alarm) => alarm.type === 'CompositeAlarm' && refersTo(alarm, child))
  }
  if (AlarmNames) return [...new Set(AlarmNames)].flatMap((name) => findAlarm(store, call, name) ?? [])
  return alarmsOf(store, call)
}

function wanted(input: Input, alarm: Alarm): boolean {
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) return true
  const { AlarmTypes = ['MetricAlarm'], AlarmNamePrefix = '', StateValue, ActionPrefix } = input
  return (
    AlarmTypes.includes(alarm.type) &&
    alarm.name.startsWith(AlarmNamePrefix) &&
    (StateValue === undefined || alarm.state.value === StateValue) &&
    (ActionPrefix === undefined ||
      Object.values(alarm.actions)
        .flat()
        .some((action) => action.startsWith(ActionPrefix)))
  )
}
