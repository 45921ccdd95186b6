import type { DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { recordHistory } from './alarm-history.ts'
import { ALARM, alarmKey, alarmNeeds, compositeView, metricView, requireAlarm } from './alarm.ts'
import { validationError } from './errors.ts'

/** All of them or none: one name that is not there, and nothing is deleted. */
export const deleteAlarms = operation<DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput>(
  'cloudwatch',
  'DeleteAlarms',
  {
    needs: ({ AlarmNames }, call) => alarmNeeds('DeleteAlarms', AlarmNames, call),
    perform: ({ AlarmNames }, { call, world }) => {
      const { store } = world
      const alarms = [...new Set(AlarmNames)].map((name) => requireAlarm(store, call, name))
      if (alarms.filter(({ type }) => type === 'CompositeAlarm').length > 1) {
        // API Reference: "you can delete … zero or one composite alarms with one DeleteAlarms operation". inferred: sentence
        throw validationError('At most one composite alarm can be deleted in one call.')
      }
      store.transaction(() => {
        for (const alarm of alarms) {
          store.delete(ALARM, alarmKey(alarm, alarm.name))
          recordHistory(world, alarm, {
            time: call.time,
            type: 'ConfigurationUpdate',
            summary: `Alarm "${alarm.name}" deleted`.slice(0, 255),
            data: JSON.stringify({
              version: '1.0',
              type: 'Delete',
              deletedAlarm: alarm.type === 'MetricAlarm' ? metricView(alarm) : compositeView(alarm),
            }),
          })
        }
      })
      return {}
    },
  },
)
