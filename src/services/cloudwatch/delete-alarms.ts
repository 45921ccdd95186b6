import type { DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { recordConfiguration } from './alarm-history.ts'
import { refersTo } from './alarm-state.ts'
import { ALARM, alarmKey, alarmNeeds, alarmsOf, findAlarm, requireAlarm, type Alarm } from './alarm.ts'
import { validationError } from './errors.ts'

/**
 * Names of no alarm do not keep the others from being deleted (API Reference, DeleteAlarms). inferred: where none is there, it
 * is ResourceNotFound, and only then.
 */
export const deleteAlarms = operation<DeleteAlarmsCommandInput, DeleteAlarmsCommandOutput>(
  'cloudwatch',
  'DeleteAlarms',
  {
    needs: ({ AlarmNames }, call) => alarmNeeds('DeleteAlarms', AlarmNames, call),
    perform: ({ AlarmNames }, { call, world }) => {
      const { store } = world
      const names = [...new Set(AlarmNames)]
      const alarms = names.flatMap((name) => findAlarm(store, call, name) ?? [])
      if (alarms.length === 0 && names[0] !== undefined) requireAlarm(store, call, names[0])
      if (alarms.filter(({ type }) => type === 'CompositeAlarm').length > 1) {
        // API Reference: "you can delete … zero or one composite alarms with one DeleteAlarms operation". inferred: sentence
        throw validationError('At most one composite alarm can be deleted in one call.')
      }
      refuseChildren(alarms, alarmsOf(store, call))
      store.transaction(() => {
        for (const alarm of alarms) {
          store.delete(ALARM, alarmKey(alarm, alarm.name))
          recordConfiguration(world, alarm, call.time, 'Delete')
        }
      })
      return {}
    },
  },
)

/** What composite alarms hang on stays. The sentences are those that clients report. */
function refuseChildren(alarms: readonly Alarm[], all: readonly Alarm[]): void {
  const parents = all.filter((alarm) => alarm.type === 'CompositeAlarm')
  const needed = alarms.filter((alarm) => parents.some((parent) => refersTo(parent, alarm)))
  if (needed.length === 0) return
  throw validationError(
    `Cannot delete ${needed.map(({ name }) => name).join(',')} as there are composite alarm(s) depending on ${needed.length === 1 ? 'it' : 'them'}.`,
  )
}
