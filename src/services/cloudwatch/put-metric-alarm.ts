import type { PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput } from '@aws-sdk/client-cloudwatch'
import { operation } from '../operation.ts'
import { recordHistory } from './alarm-history.ts'
import { actionKeys, checkActions, watchedOf } from './alarm-input.ts'
import { alarmNeed, findAlarm, metricView, saveAlarm, type MetricAlarm } from './alarm.ts'
import { validationError } from './errors.ts'
import { requestTagKeys, tagsOf } from './tag-list.ts'

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
      const now = call.time / 1000
      const alarm: MetricAlarm = {
        type: 'MetricAlarm',
        name: input.AlarmName,
        account: call.account,
        region: call.region,
        ...(input.AlarmDescription !== undefined && { description: input.AlarmDescription }),
        actionsEnabled: input.ActionsEnabled ?? true,
        actions,
        configuredAt: now,
        state: before?.state ?? {
          value: 'INSUFFICIENT_DATA',
          reason: 'Unchecked: Initial alarm creation',
          updatedAt: now,
          transitionedAt: now,
        },
        tags: before?.tags ?? tagsOf(input.Tags),
        watched,
      }
      world.store.transaction(() => {
        saveAlarm(world.store, alarm)
        const view = metricView(alarm)
        recordHistory(world, alarm, {
          time: call.time,
          type: 'ConfigurationUpdate',
          summary: `Alarm "${alarm.name}" ${before ? 'updated' : 'created'}`.slice(0, 255),
          data: JSON.stringify({
            version: '1.0',
            type: before ? 'Update' : 'Create',
            [before ? 'updatedAlarm' : 'createdAlarm']: view,
          }),
        })
      })
      return {}
    },
  },
)

/** inferred: sentence. */
export const otherType = (name: string) => validationError(`An alarm of another type has the name ${name} already.`)
