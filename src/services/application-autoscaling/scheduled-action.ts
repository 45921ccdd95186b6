import type { ScheduledAction as ScheduledActionView } from '@aws-sdk/client-application-auto-scaling'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { nextRun, parseSchedule } from './schedule.ts'
import { encode, targetKey, type TargetId } from './target.ts'

/** Document `application-autoscaling/scheduled-action`, keyed by the target's key and its name. Times are epoch seconds. */
export interface ScheduledAction extends TargetId {
  name: string
  arn: string
  schedule: string
  timezone?: string
  startsAt?: number
  endsAt?: number
  minCapacity?: number
  maxCapacity?: number
  createdAt: number
  /** Epoch milliseconds; absent: never again. */
  nextAt?: number
}

export const SCHEDULED = 'application-autoscaling/scheduled-action'

export function scheduledKey(target: TargetId, name: string): string {
  return `${targetKey(target)}/${encode(name)}`
}

export function scheduledArn(target: TargetId, id: string, name: string): string {
  const { account, region, serviceNamespace, resourceId } = target
  return `arn:${partition(region)}:autoscaling:${region}:${account}:scheduledAction:${id}:resource/${serviceNamespace}/${resourceId}:scheduledActionName/${name}`
}

/** When it runs next, after `after` (epoch milliseconds) and within its start and end. */
export function nextOf(action: ScheduledAction, after: number): number | undefined {
  const from = (action.startsAt ?? action.createdAt) * 1000
  const next = nextRun(parseSchedule(action.schedule)!, {
    after: action.startsAt === undefined ? after : Math.max(after, from - 1),
    from,
    ...(action.timezone !== undefined && { timezone: action.timezone }),
  })
  return next !== undefined && (action.endsAt === undefined || next <= action.endsAt * 1000) ? next : undefined
}

export function scheduledView(action: ScheduledAction): Shape<ScheduledActionView> {
  const { minCapacity, maxCapacity } = action
  return {
    ScheduledActionName: action.name,
    ScheduledActionARN: action.arn,
    ServiceNamespace: 'sagemaker',
    Schedule: action.schedule,
    ...(action.timezone !== undefined && { Timezone: action.timezone }),
    ResourceId: action.resourceId,
    ScalableDimension: action.dimension as NonNullable<ScheduledActionView['ScalableDimension']>,
    ...(action.startsAt !== undefined && { StartTime: action.startsAt }),
    ...(action.endsAt !== undefined && { EndTime: action.endsAt }),
    ScalableTargetAction: {
      ...(minCapacity !== undefined && { MinCapacity: minCapacity }),
      ...(maxCapacity !== undefined && { MaxCapacity: maxCapacity }),
    },
    CreationTime: action.createdAt,
  }
}
