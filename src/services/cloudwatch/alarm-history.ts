import type { World } from '../../world.ts'
import { compositeView, metricView, type Alarm } from './alarm.ts'
import { regionPrefix, type Place } from './metric.ts'

/** Document `cloudwatch/alarm-history`, keyed `account/region/alarm/time-number`. Outlives its alarm. */
export interface HistoryItem {
  alarmName: string
  alarmType: 'MetricAlarm' | 'CompositeAlarm'
  /** Epoch milliseconds. */
  time: number
  type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action'
  summary: string
  /** JSON. */
  data: string
}

export const HISTORY = 'cloudwatch/alarm-history'

/** How long it is kept (User Guide, "Common features of alarms"). */
export const HISTORY_MS = 30 * 86_400_000

export function recordHistory(
  world: Pick<World, 'store'>,
  alarm: Alarm,
  item: Pick<HistoryItem, 'time' | 'type' | 'summary' | 'data'>,
): void {
  const prefix = historyPrefix(alarm, alarm.name)
  // Several of one millisecond stay in the order in which they happened.
  const time = String(item.time).padStart(14, '0')
  const sequence = String(world.store.count(HISTORY, `${prefix}${time}-`)).padStart(4, '0')
  world.store.put<HistoryItem>(HISTORY, `${prefix}${time}-${sequence}`, {
    alarmName: alarm.name,
    alarmType: alarm.type,
    ...item,
  })
}

/** That an alarm was made, changed or taken away, with the alarm as it is then. */
export function recordConfiguration(
  world: Pick<World, 'store'>,
  alarm: Alarm,
  time: number,
  type: 'Create' | 'Update' | 'Delete',
): void {
  const done = `${type.toLowerCase()}d`
  recordHistory(world, alarm, {
    time,
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarm.name}" ${done}`.slice(0, 255),
    data: JSON.stringify({
      version: '1.0',
      type,
      [`${done}Alarm`]: alarm.type === 'MetricAlarm' ? metricView(alarm) : compositeView(alarm),
    }),
  })
}

export function historyPrefix(place: Place, name: string): string {
  return `${regionPrefix(place)}${encodeURIComponent(name.toWellFormed())}/`
}
