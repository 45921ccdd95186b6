import type {
  DeleteScalingPolicyCommandInput,
  DeleteScalingPolicyCommandOutput,
} from '@aws-sdk/client-application-auto-scaling'
import { operation } from '../operation.ts'
import { named, notFound } from './errors.ts'
import { POLICY, policyKey, type Policy } from './policy.ts'
import { checkResource, targetId, targetNeed } from './target.ts'
import { deleteAlarms } from './tracking-alarms.ts'

/** The alarms that target tracking made go as well; those of step scaling belong to who made them. */
export const deleteScalingPolicy = operation<DeleteScalingPolicyCommandInput, DeleteScalingPolicyCommandOutput>(
  'application-autoscaling',
  'DeleteScalingPolicy',
  {
    needs: (input, call) => [targetNeed('DeleteScalingPolicy', input, call)],
    perform: async (input, { call, world }) => {
      checkResource(input)
      const id = targetId(call, input)
      const key = policyKey(id, input.PolicyName)
      const policy = world.store.get<Policy>(POLICY, key)
      if (!policy) throw notFound(`No scaling policy found for ${named(id)}, policy name: ${input.PolicyName}`)
      await deleteAlarms(world, policy, policy.alarms)
      world.store.delete(POLICY, key)
      return {}
    },
  },
)
