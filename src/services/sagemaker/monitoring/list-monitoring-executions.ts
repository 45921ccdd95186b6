import type {
  ListMonitoringExecutionsCommandInput,
  ListMonitoringExecutionsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { page } from '../page.ts'
import { toList } from '../resource-needs.ts'
import { executionsOf, type Execution } from './execution.ts'

type Input = Shape<ListMonitoringExecutionsCommandInput>

const pageSize = 10

/** API_ListMonitoringExecutions: newest first unless asked otherwise. */
export const listMonitoringExecutions = operation<
  ListMonitoringExecutionsCommandInput,
  ListMonitoringExecutionsCommandOutput
>('sagemaker', 'ListMonitoringExecutions', {
  needs: (_, call) => toList(call),
  perform(input, { call, world }) {
    const key = keyOf(input.SortBy)
    const sign = input.SortOrder === 'Ascending' ? 1 : -1
    const all = executionsOf(world.store, call, input.MonitoringScheduleName)
      .map(({ summary }) => summary)
      .filter((summary) => isWanted(summary, input))
      .sort((a, b) => sign * (key(a) < key(b) ? -1 : 1))
    const { items, next } = page(all, input, pageSize)
    return { MonitoringExecutionSummaries: items, ...(next !== undefined && { NextToken: next }) }
  },
})

type Summary = Execution['summary']

function keyOf(by: Input['SortBy']): (summary: Summary) => number | string {
  if (by === 'ScheduledTime') return ({ ScheduledTime }) => ScheduledTime
  return by === 'Status' ? (summary) => summary.MonitoringExecutionStatus : ({ CreationTime }) => CreationTime
}

function isWanted(summary: Summary, input: Input): boolean {
  const { ScheduledTime: scheduled, CreationTime: created, LastModifiedTime: modified } = summary
  const within = (time: number, after: number | undefined, before: number | undefined) =>
    (after === undefined || time > after) && (before === undefined || time < before)
  return (
    within(scheduled, input.ScheduledTimeAfter, input.ScheduledTimeBefore) &&
    within(created, input.CreationTimeAfter, input.CreationTimeBefore) &&
    within(modified, input.LastModifiedTimeAfter, input.LastModifiedTimeBefore) &&
    (input.StatusEquals === undefined || summary.MonitoringExecutionStatus === input.StatusEquals) &&
    (input.EndpointName === undefined || summary.EndpointName === input.EndpointName) &&
    (input.MonitoringJobDefinitionName === undefined ||
      summary.MonitoringJobDefinitionName === input.MonitoringJobDefinitionName) &&
    (input.MonitoringTypeEquals === undefined || summary.MonitoringType === input.MonitoringTypeEquals)
  )
}
