import type {
  DescribeScheduledActionsCommandInput,
  DescribeScheduledActionsCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { page } from './page.ts'
import { SCHEDULED, scheduledView, type ScheduledAction } from './scheduled-action.ts'
import { namespacePrefix } from './target.ts'

/** Asked of `*`. */
export const describeScheduledActions = operation<
  DescribeScheduledActionsCommandInput,
  DescribeScheduledActionsCommandOutput
>('application-autoscaling', 'DescribeScheduledActions', {
  needs: () => [need('application-autoscaling:DescribeScheduledActions', '*')],
  perform: (input, { call, world: { store } }) => {
    const { ScheduledActionNames, ResourceId, ScalableDimension } = input
    const rows = store.list<ScheduledAction>(SCHEDULED, { prefix: namespacePrefix(call, input.ServiceNamespace) })
    const found = rows.filter(
      ({ value }) =>
        (!ScheduledActionNames?.length || ScheduledActionNames.includes(value.name)) &&
        (ResourceId === undefined || value.resourceId === ResourceId) &&
        (ScalableDimension === undefined || value.dimension === ScalableDimension),
    )
    const { rows: shown, ...more } = page(found, input)
    return { ScheduledActions: shown.map(({ value }) => scheduledView(value)), ...more }
  },
})
