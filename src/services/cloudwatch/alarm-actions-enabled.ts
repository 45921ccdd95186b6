import type {
  DisableAlarmActionsCommandInput,
  DisableAlarmActionsCommandOutput,
  EnableAlarmActionsCommandInput,
  EnableAlarmActionsCommandOutput,
} from '@aws-sdk/client-cloudwatch'
import type { Permit } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { recordConfiguration } from './alarm-history.ts'
import { alarmNeeds, findAlarm, saveAlarm } from './alarm.ts'

export const enableAlarmActions = operation<EnableAlarmActionsCommandInput, EnableAlarmActionsCommandOutput>(
  'cloudwatch',
  'EnableAlarmActions',
  {
    needs: ({ AlarmNames }, call) => alarmNeeds('EnableAlarmActions', AlarmNames, call),
    perform: ({ AlarmNames }, permit) => setEnabled(AlarmNames, true, permit),
  },
)

export const disableAlarmActions = operation<DisableAlarmActionsCommandInput, DisableAlarmActionsCommandOutput>(
  'cloudwatch',
  'DisableAlarmActions',
  {
    needs: ({ AlarmNames }, call) => alarmNeeds('DisableAlarmActions', AlarmNames, call),
    perform: ({ AlarmNames }, permit) => setEnabled(AlarmNames, false, permit),
  },
)

/** Names of no alarm are passed over: neither operation has an error for them in AWS's model. */
function setEnabled(names: readonly string[], actionsEnabled: boolean, { call, world }: Permit): object {
  world.store.transaction(() => {
    for (const name of new Set(names)) {
      const before = findAlarm(world.store, call, name)
      if (!before || before.actionsEnabled === actionsEnabled) continue
      const alarm = { ...before, actionsEnabled, configuredAt: call.time / 1000 }
      saveAlarm(world.store, alarm)
      recordConfiguration(world, alarm, call.time, 'Update')
    }
  })
  return {}
}
