import type { SetAlarmStateCommandInput, SetAlarmStateCommandOutput } from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { afterChange, writeState } from './alarm-state.ts'
import { alarmNeed, alarmsOf, requireAlarm } from './alarm.ts'

/** Sets a state until the next evaluation, and runs its actions when it is another one than before. */
export const setAlarmState = operation<SetAlarmStateCommandInput, SetAlarmStateCommandOutput>(
  'cloudwatch',
  'SetAlarmState',
  {
    needs: (input, call) => [alarmNeed('SetAlarmState', input.AlarmName, call)],
    perform: async ({ AlarmName, StateValue: value, StateReason: reason, StateReasonData: data }, { call, world }) => {
      const alarm = requireAlarm(world.store, call, AlarmName)
      if (data !== undefined && !isJson(data)) {
        throw new AwsError('InvalidFormat', 'StateReasonData is not in JSON format.') // inferred: sentence
      }
      const changed = writeState(world, alarm, { value, reason, ...(data !== undefined && { data }) })
      if (value !== alarm.state.value) await afterChange(world, changed, () => alarmsOf(world.store, call))
      return {}
    },
  },
)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
