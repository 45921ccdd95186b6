import type {
  StartMonitoringScheduleCommandInput,
  StartMonitoringScheduleCommandOutput,
  StopMonitoringScheduleCommandInput,
  StopMonitoringScheduleCommandOutput,
} from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { goOn, monitoringSchedules } from './monitoring-schedule.ts'

/** API_StartMonitoringSchedule: "By default, when you successfully create a new schedule, the status is scheduled." */
export const startMonitoringSchedule = operation<
  StartMonitoringScheduleCommandInput,
  StartMonitoringScheduleCommandOutput
>('sagemaker', 'StartMonitoringSchedule', {
  needs: (input, call) => onResource(call, monitoringSchedules.arn(call, input.MonitoringScheduleName)),
  perform: (input, permit) => move(permit, input.MonitoringScheduleName, 'Stopped', 'Scheduled'),
})

export const stopMonitoringSchedule = operation<
  StopMonitoringScheduleCommandInput,
  StopMonitoringScheduleCommandOutput
>('sagemaker', 'StopMonitoringSchedule', {
  needs: (input, call) => onResource(call, monitoringSchedules.arn(call, input.MonitoringScheduleName)),
  perform: (input, permit) => move(permit, input.MonitoringScheduleName, 'Scheduled', 'Stopped'),
})

function move({ call, world }: Permit, name: string, from: 'Scheduled' | 'Stopped', to: 'Scheduled' | 'Stopped') {
  const { account, region } = call
  monitoringSchedules.change(world.store, { account, region, name }, (schedule) => {
    const { description } = schedule
    const status = description.MonitoringScheduleStatus
    if (status !== from) {
      // inferred: sentence
      throw new AwsError('ValidationException', `Monitoring schedule ${name} is in status ${status}, not ${from}.`)
    }
    if (to === 'Scheduled') goOn(schedule, call.time)
    else delete schedule.next
    description.MonitoringScheduleStatus = to
    description.LastModifiedTime = call.time / 1000
  })
  return {}
}
