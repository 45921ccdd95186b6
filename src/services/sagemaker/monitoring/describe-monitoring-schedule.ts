import type {
  DescribeMonitoringScheduleCommandInput,
  DescribeMonitoringScheduleCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { executionAt } from './execution.ts'
import { monitoringSchedules } from './monitoring-schedule.ts'

export const describeMonitoringSchedule = operation<
  DescribeMonitoringScheduleCommandInput,
  DescribeMonitoringScheduleCommandOutput
>('sagemaker', 'DescribeMonitoringSchedule', {
  needs: (input, call) => onResource(call, monitoringSchedules.arn(call, input.MonitoringScheduleName)),
  perform(input, { call, world }) {
    const { description, last } = monitoringSchedules.must(world.store, call, input.MonitoringScheduleName)
    const execution = last === undefined ? undefined : executionAt(world.store, last)
    return { ...description, ...(execution && { LastMonitoringExecutionSummary: execution.summary }) }
  },
})
