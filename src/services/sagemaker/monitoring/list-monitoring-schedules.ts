import type {
  ListMonitoringSchedulesCommandInput,
  ListMonitoringSchedulesCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { monitoringSchedules, type MonitoringSchedule } from './monitoring-schedule.ts'

export const listMonitoringSchedules = operation<
  ListMonitoringSchedulesCommandInput,
  ListMonitoringSchedulesCommandOutput
>('sagemaker', 'ListMonitoringSchedules', {
  needs: (_, call) => toList(call),
  perform(input, { call, world }) {
    const { EndpointName: endpoint, MonitoringJobDefinitionName: definition, MonitoringTypeEquals: type } = input
    const { items, next } = monitoringSchedules.page(world.store, call, input, {
      keep: ({ description }) =>
        (endpoint === undefined || description.EndpointName === endpoint) &&
        (definition === undefined || description.MonitoringScheduleConfig.MonitoringJobDefinitionName === definition) &&
        (type === undefined || description.MonitoringType === type),
    })
    return { MonitoringScheduleSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
  },
})

function summary({ description: schedule }: MonitoringSchedule) {
  const { MonitoringJobDefinitionName } = schedule.MonitoringScheduleConfig
  return {
    MonitoringScheduleName: schedule.MonitoringScheduleName,
    MonitoringScheduleArn: schedule.MonitoringScheduleArn,
    CreationTime: schedule.CreationTime,
    LastModifiedTime: schedule.LastModifiedTime,
    MonitoringScheduleStatus: schedule.MonitoringScheduleStatus,
    ...(schedule.EndpointName !== undefined && { EndpointName: schedule.EndpointName }),
    ...(MonitoringJobDefinitionName !== undefined && { MonitoringJobDefinitionName }),
    ...(schedule.MonitoringType && { MonitoringType: schedule.MonitoringType }),
  }
}
