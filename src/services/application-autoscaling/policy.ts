import type {
  ScalingPolicy as ScalingPolicyView,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { encode, targetKey, type TargetId } from './target.ts'

export type StepScaling = Shape<StepScalingPolicyConfiguration>
export type TargetTracking = Shape<TargetTrackingScalingPolicyConfiguration>

/** What a policy did last: cooldowns count from there. Times are epoch seconds. */
export interface LastScaling {
  direction: 'out' | 'in'
  at: number
  /** Capacity before it. */
  before: number
}

/** Document `application-autoscaling/policy`, keyed by the target's key and the policy's name. */
export interface Policy extends TargetId {
  name: string
  arn: string
  type: 'StepScaling' | 'TargetTrackingScaling'
  step?: StepScaling
  tracking?: TargetTracking
  /** Alarms that target tracking made, and owns. */
  alarms: { name: string; arn: string }[]
  createdAt: number
  last?: LastScaling
}

export const POLICY = 'application-autoscaling/policy'

export function policyKey(target: TargetId, name: string): string {
  return `${targetKey(target)}/${encode(name)}`
}

export function policyArn(
  { account, region, serviceNamespace, resourceId }: TargetId,
  id: string,
  name: string,
): string {
  return `arn:${partition(region)}:autoscaling:${region}:${account}:scalingPolicy:${id}:resource/${serviceNamespace}/${resourceId}:policyName/${name}`
}

export function policiesOf(store: Store, target: TargetId): Policy[] {
  return store.list<Policy>(POLICY, { prefix: `${targetKey(target)}/` }).map(({ value }) => value)
}

export function policyView(policy: Policy, alarms: Policy['alarms']): Shape<ScalingPolicyView> {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: 'sagemaker',
    ResourceId: policy.resourceId,
    ScalableDimension: policy.dimension as Shape<ScalingPolicyView>['ScalableDimension'],
    PolicyType: policy.type,
    ...(policy.step && { StepScalingPolicyConfiguration: policy.step }),
    ...(policy.tracking && { TargetTrackingScalingPolicyConfiguration: policy.tracking }),
    Alarms: alarms.map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn })),
    CreationTime: policy.createdAt,
  }
}
