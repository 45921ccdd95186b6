import { deleteScalingPolicy } from './delete-scaling-policy.ts'
import { deleteScheduledAction } from './delete-scheduled-action.ts'
import { deregisterScalableTarget } from './deregister-scalable-target.ts'
import { describeScalableTargets } from './describe-scalable-targets.ts'
import { describeScalingActivities } from './describe-scaling-activities.ts'
import { describeScalingPolicies } from './describe-scaling-policies.ts'
import { describeScheduledActions } from './describe-scheduled-actions.ts'
import { putScalingPolicy } from './put-scaling-policy.ts'
import { putScheduledAction } from './put-scheduled-action.ts'
import { registerScalableTarget } from './register-scalable-target.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/** Everything of Application Auto Scaling that is built, by its AWS name. Gaps: predictive scaling, every namespace but SageMaker's. */
export const operations = {
  DeleteScalingPolicy: deleteScalingPolicy,
  DeleteScheduledAction: deleteScheduledAction,
  DeregisterScalableTarget: deregisterScalableTarget,
  DescribeScalableTargets: describeScalableTargets,
  DescribeScalingActivities: describeScalingActivities,
  DescribeScalingPolicies: describeScalingPolicies,
  DescribeScheduledActions: describeScheduledActions,
  ListTagsForResource: listTagsForResource,
  PutScalingPolicy: putScalingPolicy,
  PutScheduledAction: putScheduledAction,
  RegisterScalableTarget: registerScalableTarget,
  TagResource: tagResource,
  UntagResource: untagResource,
}
