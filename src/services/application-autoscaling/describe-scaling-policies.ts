import type {
  DescribeScalingPoliciesCommandInput,
  DescribeScalingPoliciesCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { page } from './page.ts'
import { POLICY, policyView, type Policy } from './policy.ts'
import { namespacePrefix } from './target.ts'
import { alarmsInvoking } from './tracking-alarms.ts'

/** With the alarms that invoke each: for step scaling CloudWatch is asked, as the service-linked role. Asked of `*`. */
export const describeScalingPolicies = operation<
  DescribeScalingPoliciesCommandInput,
  DescribeScalingPoliciesCommandOutput
>('application-autoscaling', 'DescribeScalingPolicies', {
  needs: () => [need('application-autoscaling:DescribeScalingPolicies', '*')],
  perform: async (input, { call, world }) => {
    const { PolicyNames, ResourceId, ScalableDimension } = input
    const rows = world.store.list<Policy>(POLICY, { prefix: namespacePrefix(call, input.ServiceNamespace) })
    const found = rows.filter(
      ({ value }) =>
        (!PolicyNames?.length || PolicyNames.includes(value.name)) &&
        (ResourceId === undefined || value.resourceId === ResourceId) &&
        (ScalableDimension === undefined || value.dimension === ScalableDimension),
    )
    const { rows: shown, ...more } = page(found, input)
    const ScalingPolicies = []
    for (const { value } of shown) {
      const alarms = value.step ? await alarmsInvoking(world, value).catch(refused) : value.alarms
      ScalingPolicies.push(policyView(value, alarms))
    }
    return { ScalingPolicies, ...more }
  },
})

function refused(error: unknown): never {
  if (error instanceof AwsError) throw new AwsError('FailedResourceAccessException', error.message)
  throw error
}
