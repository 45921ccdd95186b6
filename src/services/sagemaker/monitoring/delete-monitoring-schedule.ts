import type {
  DeleteMonitoringScheduleCommandInput,
  DeleteMonitoringScheduleCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { monitoringSchedules } from './monitoring-schedule.ts'

/** API_DeleteMonitoringSchedule: "Also stops the schedule had not already been stopped." */
export const deleteMonitoringSchedule = operation<
  DeleteMonitoringScheduleCommandInput,
  DeleteMonitoringScheduleCommandOutput
>('sagemaker', 'DeleteMonitoringSchedule', {
  needs: (input, call) => onResource(call, monitoringSchedules.arn(call, input.MonitoringScheduleName)),
  perform(input, { call, world }) {
    deleteResource(world.store, monitoringSchedules, call, input.MonitoringScheduleName)
    return {}
  },
})
