import type {
  UpdateMonitoringScheduleCommandInput,
  UpdateMonitoringScheduleCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { checkSchedule, scheduleKeys, schedulePassesRole } from './check-schedule.ts'
import { monitoringSchedules } from './monitoring-schedule.ts'
import { settleMonitoringSchedule } from './settle-monitoring-schedule.ts'

/** API_UpdateMonitoringSchedule; it may bring another role, which is passed as in CreateMonitoringSchedule. */
export const updateMonitoringSchedule = operation<
  UpdateMonitoringScheduleCommandInput,
  UpdateMonitoringScheduleCommandOutput
>('sagemaker', 'UpdateMonitoringSchedule', {
  needs: ({ MonitoringScheduleName: name, MonitoringScheduleConfig: config }, call) => [
    ...onResource(call, monitoringSchedules.arn(call, name), scheduleKeys(config)),
    ...schedulePassesRole(call, config),
  ],
  async perform({ MonitoringScheduleName: name, MonitoringScheduleConfig: config }, permit) {
    const { call, world } = permit
    const { account, region } = call
    const { arn } = monitoringSchedules.must(world.store, call, name)
    await checkSchedule(config, arn, permit)
    const updated = world.store.transaction(() => {
      const schedule = monitoringSchedules.change(world.store, { account, region, name }, (changed) => {
        const { description } = changed
        delete changed.next
        description.MonitoringScheduleConfig = config
        const type = config.MonitoringType ?? description.MonitoringType
        if (type) description.MonitoringType = type
        // One that is stopped stays so (inferred).
        if (description.MonitoringScheduleStatus !== 'Stopped') description.MonitoringScheduleStatus = 'Pending'
        description.LastModifiedTime = call.time / 1000
      })
      putUnsettled(world.store, schedule)
      return schedule
    })
    settleSoon(world, updated, settleMonitoringSchedule)
    return { MonitoringScheduleArn: arn }
  },
})
