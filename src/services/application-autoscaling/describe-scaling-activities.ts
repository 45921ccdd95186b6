import type {
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { ACTIVITY, ACTIVITY_SECONDS, activityView, type Activity } from './activity.ts'
import { page } from './page.ts'
import { namespacePrefix } from './target.ts'

/** The newest first, of six weeks. Asked of `*`. */
export const describeScalingActivities = operation<
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput
>('application-autoscaling', 'DescribeScalingActivities', {
  needs: () => [need('application-autoscaling:DescribeScalingActivities', '*')],
  perform: (input, { call, world: { store } }) => {
    const { ResourceId, ScalableDimension, IncludeNotScaledActivities = false } = input
    const rows = store.list<Activity>(ACTIVITY, { prefix: namespacePrefix(call, input.ServiceNamespace) })
    const found = rows.filter(
      ({ value }) =>
        call.time / 1000 - value.startedAt <= ACTIVITY_SECONDS &&
        (ResourceId === undefined || value.resourceId === ResourceId) &&
        (ScalableDimension === undefined || value.dimension === ScalableDimension) &&
        (IncludeNotScaledActivities || !value.notScaled),
    )
    const { rows: shown, ...more } = page(found, input)
    return { ScalingActivities: shown.map(({ value }) => activityView(value)), ...more }
  },
})
