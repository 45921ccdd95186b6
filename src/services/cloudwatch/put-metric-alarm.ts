import type { PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { recordConfiguration } from './alarm-history.ts'
import { actionKeys, checkActions, commonOf, watchedOf } from './alarm-input.ts'
import { alarmNeed, findAlarm, saveAlarm, type MetricAlarm } from './alarm.ts'
import { validationError } from './errors.ts'
import { requestTagKeys } from './tag-list.ts'

/** Creates an alarm, or changes one; its state stays until the next evaluation, a new one has none yet. Tags are for new alarms only. */
export const putMetricAlarm = operation<PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput>(
  'cloudwatch',
  'PutMetricAlarm',
  {
    needs: (input, call) => [
      alarmNeed('PutMetricAlarm', input.AlarmName, call, { ...requestTagKeys(input.Tags), ...actionKeys(input) }),
      ...(input.Tags?.length ? [alarmNeed('TagResource', input.AlarmName, call, requestTagKeys(input.Tags))] : []),
    ],
    perform: (input, { call, world }) => {
      const watched = watchedOf(input)
      const actions = checkActions(input, call.region)
      const before = findAlarm(world.store, call, input.AlarmName)
      if (before && before.type !== 'MetricAlarm') throw otherType(input.AlarmName)
      const alarm: MetricAlarm = {
        type: 'MetricAlarm',
        ...commonOf(input, actions, call, before),
        watched,
      }
      world.store.transaction(() => {
        saveAlarm(world.store, alarm)
        recordConfiguration(world, alarm, call.time, before ? 'Update' : 'Create')
      })
      return {}
    },
  },
)

/** inferred: sentence. */
export const otherType = (name: string) => validationError(`An alarm of another type has the name ${name} already.`)
