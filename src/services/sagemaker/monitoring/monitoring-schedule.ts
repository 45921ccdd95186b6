import type { DescribeMonitoringScheduleCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'
import { nextRun, parseSchedule, type Rhythm } from './schedule-expression.ts'

export interface MonitoringSchedule extends Resource<Shape<DescribeMonitoringScheduleCommandOutput>> {
  /** When it is due next, epoch milliseconds; absent while nothing is. */
  next?: number
  /** Key of its latest execution. */
  last?: string
}

export const monitoringSchedules = new Resources<MonitoringSchedule>(
  'monitoring-schedule',
  ({ description: { CreationTime: created, LastModifiedTime: modified, MonitoringScheduleStatus: status } }) => ({
    created,
    modified,
    status,
  }),
  // inferred: sentence
  (arn) => new AwsError('ResourceNotFound', `Could not find monitoring schedule "${arn}".`),
)

/** Without an expression "Amazon SageMaker AI will pick a time for running every day" (API_ScheduleConfig): the hour of its creation. */
export function rhythmOf({ CreationTime, MonitoringScheduleConfig }: MonitoringSchedule['description']): Rhythm {
  const expression = MonitoringScheduleConfig.ScheduleConfig?.ScheduleExpression
  return (
    (expression !== undefined && parseSchedule(expression)) || { hours: [new Date(CreationTime * 1000).getUTCHours()] }
  )
}

/** Sets a schedule going at `now`, epoch milliseconds. */
export function goOn(schedule: MonitoringSchedule, now: number): void {
  const rhythm = rhythmOf(schedule.description)
  schedule.description.MonitoringScheduleStatus = 'Scheduled'
  schedule.next = nextRun(rhythm, now) ?? now
}
