import type { DeletePolicyCommandInput, DeletePolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { deleteConflict, keyOf, POLICIES } from './entities.ts'
import { onPolicy } from './needs.ts'
import { attachmentsOf, requireOwnPolicy } from './policies.ts'

/** A managed policy goes only when nobody has it, and its other versions are gone. */
export const deletePolicy = operation<DeletePolicyCommandInput, DeletePolicyCommandOutput>('iam', 'DeletePolicy', {
  needs: ({ PolicyArn }, call) => [onPolicy(call, 'DeletePolicy', PolicyArn)],
  perform: ({ PolicyArn }, { call, world: { store } }) => {
    const policy = requireOwnPolicy(store, call.account, PolicyArn)
    const { attached, boundaries } = attachmentsOf(store, call.account)
    if (attached.has(policy.arn) || boundaries.has(policy.arn)) {
      throw deleteConflict('Cannot delete a policy attached to entities.')
    }
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
          'The default version is deleted with the policy.',
      )
    }
    store.delete(POLICIES, keyOf(policy.account, policy.name))
    return {}
  },
})
