import type { PutCompositeAlarmCommandInput, PutCompositeAlarmCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { recordConfiguration } from './alarm-history.ts'
import { actionKeys, checkActions, commonOf } from './alarm-input.ts'
import { alarmsIn, nameOfAlarm, parseRule } from './alarm-rule.ts'
import { alarmArn, alarmNeed, findAlarm, saveAlarm, type CompositeAlarm } from './alarm.ts'
import { missing, notBuilt, validationError } from './errors.ts'
import type { Place } from './metric.ts'
import { otherType } from './put-metric-alarm.ts'
import { requestTagKeys } from './tag-list.ts'
import type { Store } from '../../store/store.ts'

/** API Reference, PutCompositeAlarm `AlarmRule`: alarms that a rule may speak of. */
const CHILDREN_MAX = 100

/** Creates or changes an alarm that hangs on others. inferred: the sentences. */
export const putCompositeAlarm = operation<PutCompositeAlarmCommandInput, PutCompositeAlarmCommandOutput>(
  'cloudwatch',
  'PutCompositeAlarm',
  {
    needs: (input, call) => [
      {
        ...alarmNeed('PutCompositeAlarm', input.AlarmName, call, {
          ...requestTagKeys(input.Tags),
          ...actionKeys(input),
        }),
        // API Reference: the permission must be "scoped to *", a narrower one is none.
        resource: alarmArn(call, '*'),
      },
      ...(input.Tags?.length ? [alarmNeed('TagResource', input.AlarmName, call, requestTagKeys(input.Tags))] : []),
    ],
    perform: (input, { call, world }) => {
      const { store } = world
      if (input.ActionConfiguration !== undefined) throw notBuilt('ActionConfiguration of an alarm')
      checkRule(store, call, input.AlarmRule)
      const suppressor = suppressorOf(input)
      if (suppressor) requireChild(store, call, suppressor.alarm)
      const before = findAlarm(store, call, input.AlarmName)
      if (before && before.type !== 'CompositeAlarm') throw otherType(input.AlarmName)
      const alarm: CompositeAlarm = {
        type: 'CompositeAlarm',
        ...commonOf(input, checkActions(input, call.region), call, before),
        rule: input.AlarmRule,
        ...(suppressor && { suppressor }),
      }
      store.transaction(() => {
        saveAlarm(store, alarm)
        recordConfiguration(world, alarm, call.time, before ? 'Update' : 'Create')
      })
      return {}
    },
  },
)

function checkRule(store: Store, place: Place, text: string): void {
  const rule = parseRule(text)
  if (!rule) throw validationError(`AlarmRule is not valid: ${text}`)
  const children = alarmsIn(rule)
  if (children.length > CHILDREN_MAX)
    throw validationError(`AlarmRule must not refer to more than ${CHILDREN_MAX} alarms.`)
  for (const child of children) requireChild(store, place, child)
}

function requireChild(store: Store, place: Place, alarm: string): void {
  if (findAlarm(store, place, nameOfAlarm(alarm))) return
  throw validationError(
    `Could not save the composite alarm as alarms [${nameOfAlarm(alarm)}] in the alarm rule do not exist`,
  )
}

function suppressorOf(input: {
  ActionsSuppressor?: string
  ActionsSuppressorWaitPeriod?: number
  ActionsSuppressorExtensionPeriod?: number
}): CompositeAlarm['suppressor'] {
  const {
    ActionsSuppressor: alarm,
    ActionsSuppressorWaitPeriod: waitPeriod,
    ActionsSuppressorExtensionPeriod: extensionPeriod,
  } = input
  if (alarm === undefined) {
    if (waitPeriod === undefined && extensionPeriod === undefined) return undefined
    throw validationError(
      'ActionsSuppressor is required where ActionsSuppressorWaitPeriod or ActionsSuppressorExtensionPeriod is given.',
    )
  }
  if (waitPeriod === undefined) throw missing('The parameter ActionsSuppressorWaitPeriod is required.')
  if (extensionPeriod === undefined) throw missing('The parameter ActionsSuppressorExtensionPeriod is required.')
  if (waitPeriod < 0 || extensionPeriod < 0) throw validationError('The suppressor periods must not be negative.')
  return { alarm, waitPeriod, extensionPeriod }
}
