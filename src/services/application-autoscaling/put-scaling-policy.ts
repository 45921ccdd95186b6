import type {
  PutScalingPolicyCommandInput,
  PutScalingPolicyCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import type { Shape } from '../../wire/shape.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { uuid } from './activity.ts'
import { invalid, limitExceeded, notBuilt } from './errors.ts'
import {
  policiesOf,
  policyArn,
  policyKey,
  POLICY,
  type Policy,
  type StepScaling,
  type TargetTracking,
} from './policy.ts'
import { inTurn } from './scale.ts'
import { checkResource, requireTarget, targetId, targetNeed, type Target } from './target.ts'
import { deleteAlarms, putAlarms, trackedMetric } from './tracking-alarms.ts'

/** Quotas of Application Auto Scaling. */
const limits = { policies: 50, steps: 20 }

/** Creates a policy or replaces it; target tracking makes its alarms anew, as the service-linked role. */
export const putScalingPolicy = operation<PutScalingPolicyCommandInput, PutScalingPolicyCommandOutput>(
  'application-autoscaling',
  'PutScalingPolicy',
  {
    needs: (input, call) => [targetNeed('PutScalingPolicy', input, call)],
    perform: async (input, { call, world }) => {
      checkResource(input)
      const target = requireTarget(world.store, targetId(call, input))
      const { PolicyName: name } = input
      return inTurn(world, target, async () => {
        const key = policyKey(target, name)
        const before = world.store.get<Policy>(POLICY, key)
        const type = input.PolicyType ?? before?.type ?? 'StepScaling'
        const configuration = configurationOf(input, type, target)
        if (!before && policiesOf(world.store, target).length >= limits.policies) {
          throw limitExceeded(`No more than ${limits.policies} scaling policies are allowed.`) // inferred: sentence
        }
        const { account, region, serviceNamespace, resourceId, dimension } = target
        const draft: Policy = {
          account,
          region,
          serviceNamespace,
          resourceId,
          dimension,
          name,
          arn: before?.arn ?? policyArn(target, uuid(world), name),
          type: configuration.type,
          ...(configuration.step && { step: configuration.step }),
          ...(configuration.tracking && { tracking: configuration.tracking }),
          alarms: [],
          createdAt: before?.createdAt ?? call.time / 1000,
          ...(before?.last && { last: before.last }),
        }
        const policy = configuration.metric ? await withAlarms(draft, configuration.metric) : draft
        world.store.put<Policy>(POLICY, key, policy)
        if (before) await deleteAlarms(world, before, before.alarms)
        return {
          PolicyARN: policy.arn,
          Alarms: policy.alarms.map(({ name: one, arn }) => ({ AlarmName: one, AlarmARN: arn })),
        }
      })

      async function withAlarms(policy: Policy, metric: ReturnType<typeof trackedMetric>): Promise<Policy> {
        try {
          return { ...policy, alarms: await putAlarms(world, policy, metric) }
        } catch (error) {
          // What CloudWatch does not take as an alarm is no metric to be tracked. inferred: the translation.
          if (error instanceof AwsError && error.status < 500 && !error.code.startsWith('AccessDenied'))
            throw invalid(error.message)
          if (error instanceof AwsError && error.code.startsWith('AccessDenied')) {
            throw new AwsError('FailedResourceAccessException', error.message)
          }
          throw error
        }
      }
    },
  },
)

interface Configuration {
  type: Policy['type']
  step?: StepScaling
  tracking?: TargetTracking
  metric?: ReturnType<typeof trackedMetric>
}

/** inferred: sentences. */
function configurationOf(input: Shape<PutScalingPolicyCommandInput>, type: string, target: Target): Configuration {
  const { StepScalingPolicyConfiguration: step, TargetTrackingScalingPolicyConfiguration: tracking } = input
  if (type === 'PredictiveScaling' || input.PredictiveScalingPolicyConfiguration) throw notBuilt('PredictiveScaling')
  if (step && tracking) throw invalid('Only one policy configuration can be specified.')
  if (type === 'StepScaling') {
    if (!step) throw invalid('StepScalingPolicyConfiguration must be specified for the policy type StepScaling.')
    return { type, step: checkedSteps(step) }
  }
  if (!tracking) {
    throw invalid(
      'TargetTrackingScalingPolicyConfiguration must be specified for the policy type TargetTrackingScaling.',
    )
  }
  if (!(tracking.TargetValue > 0)) throw invalid('The target value must be greater than 0.')
  for (const name of ['ScaleInCooldown', 'ScaleOutCooldown'] as const) {
    if ((tracking[name] ?? 0) < 0) throw invalid(`${name} must be greater than or equal to 0.`)
  }
  return { type: 'TargetTrackingScaling', tracking, metric: trackedMetric(target, tracking) }
}

/** API Reference, StepAdjustment: steps do not overlap and leave no gap; at most one is open at each end. */
function checkedSteps(step: StepScaling): StepScaling {
  const { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude, Cooldown = 0 } = step
  if (AdjustmentType === undefined) throw invalid('AdjustmentType must be specified.')
  if (StepAdjustments.length === 0) throw invalid('At least one step adjustment must be specified.')
  if (StepAdjustments.length > limits.steps)
    throw limitExceeded(`No more than ${limits.steps} step adjustments are allowed.`)
  if (MinAdjustmentMagnitude !== undefined && AdjustmentType !== 'PercentChangeInCapacity') {
    throw invalid('MinAdjustmentMagnitude is allowed only with the adjustment type PercentChangeInCapacity.')
  }
  if (Cooldown < 0) throw invalid('Cooldown must be greater than or equal to 0.')
  const bounds = StepAdjustments.map(({ MetricIntervalLowerBound: low, MetricIntervalUpperBound: high }) => {
    if (low === undefined && high === undefined && StepAdjustments.length > 1) {
      throw invalid('At least one bound must be specified for a step adjustment.')
    }
    return [low ?? -Infinity, high ?? Infinity] as const
  }).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  for (const [i, [low, high]] of bounds.entries()) {
    if (low >= high) throw invalid('The lower bound of a step adjustment must be less than its upper bound.')
    const next = bounds[i + 1]
    if (next && next[0] < high) throw invalid('Step adjustment intervals cannot overlap.')
    if (next && next[0] > high) throw invalid('Step adjustment intervals cannot have gaps between them.')
  }
  return step
}
