import type { ScalingActivity as ScalingActivityView } from '@aws-sdk/client-application-auto-scaling'
import type { World } from '../../world.ts'
import type { Shape } from '../../wire/shape.ts'
import { namespacePrefix, type Target, type TargetId } from './target.ts'

/** Document `application-autoscaling/activity`, keyed so that the newest comes first. Times are epoch seconds. */
export interface Activity extends TargetId {
  id: string
  description: string
  cause: string
  startedAt: number
  endedAt?: number
  status: NonNullable<ScalingActivityView['StatusCode']>
  message: string
  notScaled?: NonNullable<Shape<ScalingActivityView>['NotScaledReasons']>
  /** Of one in progress: the capacity that was asked for. */
  capacity?: number
}

export const ACTIVITY = 'application-autoscaling/activity'

/** Activities are told for six weeks (API Reference, DescribeScalingActivities). */
export const ACTIVITY_SECONDS = 42 * 86_400

const LATEST = 9_999_999_999_999

export function newActivity(
  world: World,
  target: Target,
  parts: Pick<Activity, 'description' | 'cause' | 'status' | 'message' | 'notScaled' | 'capacity'>,
): { key: string; activity: Activity } {
  const now = world.now()
  const { account, region, serviceNamespace, resourceId, dimension } = target
  const id = uuid(world)
  const activity: Activity = {
    account,
    region,
    serviceNamespace,
    resourceId,
    dimension,
    id,
    ...parts,
    startedAt: now / 1000,
  }
  return {
    key: `${namespacePrefix(target, serviceNamespace)}${String(LATEST - now).padStart(13, '0')}-${id}`,
    activity,
  }
}

export function saveActivity(world: World, { key, activity }: { key: string; activity: Activity }): void {
  const ended = activity.status === 'InProgress' || activity.status === 'Pending' ? {} : { endedAt: world.now() / 1000 }
  world.store.put<Activity>(ACTIVITY, key, { ...activity, ...ended })
}

export function uuid(world: Pick<World, 'hex'>): string {
  const hex = world.hex(32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export function activityView(activity: Activity): Shape<ScalingActivityView> {
  return {
    ActivityId: activity.id,
    ServiceNamespace: 'sagemaker',
    ResourceId: activity.resourceId,
    ScalableDimension: activity.dimension as Shape<ScalingActivityView>['ScalableDimension'],
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startedAt,
    ...(activity.endedAt !== undefined && { EndTime: activity.endedAt }),
    StatusCode: activity.status,
    StatusMessage: activity.message,
    ...(activity.notScaled && { NotScaledReasons: activity.notScaled }),
  }
}
