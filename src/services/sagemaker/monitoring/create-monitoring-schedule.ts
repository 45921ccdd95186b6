import type {
  CreateMonitoringScheduleCommandInput,
  CreateMonitoringScheduleCommandOutput,
} from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { putTags } from '../tags.ts'
import { checkSchedule, scheduleKeys, schedulePassesRole } from './check-schedule.ts'
import { monitoringSchedules, type MonitoringSchedule } from './monitoring-schedule.ts'
import { settleMonitoringSchedule } from './settle-monitoring-schedule.ts'

export const createMonitoringSchedule = operation<
  CreateMonitoringScheduleCommandInput,
  CreateMonitoringScheduleCommandOutput
>('sagemaker', 'CreateMonitoringSchedule', {
  needs: ({ MonitoringScheduleName: name, MonitoringScheduleConfig: config, Tags }, call) => [
    ...toCreate(call, monitoringSchedules.arn(call, name), Tags, scheduleKeys(config)),
    ...schedulePassesRole(call, config),
  ],
  async perform({ MonitoringScheduleName: name, MonitoringScheduleConfig: config, Tags }, permit) {
    const { call, world } = permit
    const { account, region } = call
    const arn = monitoringSchedules.arn(call, name)
    await checkSchedule(config, arn, permit)
    const now = call.time / 1000
    const type = config.MonitoringType ?? (config.MonitoringJobDefinition && 'DataQuality')
    const schedule: MonitoringSchedule = {
      account,
      region,
      name,
      arn,
      description: {
        MonitoringScheduleArn: arn,
        MonitoringScheduleName: name,
        MonitoringScheduleStatus: 'Pending',
        ...(type && { MonitoringType: type }),
        CreationTime: now,
        LastModifiedTime: now,
        MonitoringScheduleConfig: config,
      },
    }
    world.store.transaction(() => {
      refuseTaken(permit, name, arn)
      monitoringSchedules.save(world.store, schedule)
      putTags(world.store, arn, Tags)
      putUnsettled(world.store, schedule)
    })
    settleSoon(world, schedule, settleMonitoringSchedule)
    return { MonitoringScheduleArn: arn }
  },
})

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (monitoringSchedules.find(world.store, call, name)) {
    throw new AwsError('ResourceInUse', `A monitoring schedule with the name ${name} already exists (${arn}).`)
  }
}
