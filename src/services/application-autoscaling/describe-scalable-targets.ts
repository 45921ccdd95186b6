import type {
  DescribeScalableTargetsCommandInput,
  DescribeScalableTargetsCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { page } from './page.ts'
import { namespacePrefix, TARGET, targetView, type Target } from './target.ts'

/** Asked of `*`. A dimension says nothing without resources (API Reference `ScalableDimension`). */
export const describeScalableTargets = operation<
  DescribeScalableTargetsCommandInput,
  DescribeScalableTargetsCommandOutput
>('application-autoscaling', 'DescribeScalableTargets', {
  needs: () => [need('application-autoscaling:DescribeScalableTargets', '*')],
  perform: (input, { call, world: { store } }) => {
    const { ResourceIds, ScalableDimension } = input
    const rows = store.list<Target>(TARGET, { prefix: namespacePrefix(call, input.ServiceNamespace) })
    const found = rows.filter(
      ({ value }) =>
        (!ResourceIds?.length || ResourceIds.includes(value.resourceId)) &&
        (ScalableDimension === undefined || value.dimension === ScalableDimension),
    )
    const { rows: shown, ...more } = page(found, input)
    return { ScalableTargets: shown.map(({ value }) => targetView(value)), ...more }
  },
})
