import type { GetPolicyCommandInput, GetPolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { onPolicy } from './needs.ts'
import { requirePolicyView } from './policies.ts'
import { policyView } from './views.ts'

export const getPolicy = operation<GetPolicyCommandInput, GetPolicyCommandOutput>('iam', 'GetPolicy', {
  needs: ({ PolicyArn }, call) => [onPolicy(call, 'GetPolicy', PolicyArn)],
  perform: ({ PolicyArn }, { call, world: { store } }) => {
    const policy = requirePolicyView(store, PolicyArn)
    return {
      Policy: {
        ...policyView(store, call.account, policy),
        ...(policy.description !== undefined && { Description: policy.description }),
        Tags: [...policy.tags],
      },
    }
  },
})
