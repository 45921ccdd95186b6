import type { SimulatePrincipalPolicyCommandInput, SimulatePrincipalPolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { scps } from '../organizations/control-policies.ts'
import { membership } from '../organizations/membership.ts'
import { onEntity } from './needs.ts'
import { withoutExcluded } from './simulate-exclusions.ts'
import { answerSimulation } from './simulate-input.ts'
import { givenSources, ownPolicySource, sourcesOf } from './simulate-sources.ts'

/** May this user, group or role do that? With its policies, boundary and SCPs as they are at this moment. */
export const simulatePrincipalPolicy = operation<
  SimulatePrincipalPolicyCommandInput,
  SimulatePrincipalPolicyCommandOutput
>('iam', 'SimulatePrincipalPolicy', {
  needs: ({ PolicySourceArn }, call) => {
    const { type, name } = ownPolicySource(call.account, PolicySourceArn)
    return [onEntity(call, 'SimulatePrincipalPolicy', type, name)]
  },
  perform: (input, { call, world: { store } }) => {
    const { entity, ...sources } = sourcesOf(store, call.account, input.PolicySourceArn)
    const { identity, boundary, scp: governed } = withoutExcluded(sources, input.PolicyExclusionList)
    const given = givenSources('PolicyInputList', input.PolicyInputList)
    // Service-linked roles are out of reach for SCPs.
    const bound = governed && !(entity.type === 'role' && entity.path.startsWith('/aws-service-role/'))
    const levels = bound ? scps(store, call.account) : undefined
    return answerSimulation(
      store,
      { CallerArn: entity.arn, ...input },
      {
        account: call.account,
        identity: [...identity, ...given].map(({ policy }) => policy),
        ...(boundary && { boundary: boundary.policy }),
        ...(levels && { scp: levels }),
        organized: governed && membership(store, call.account) !== undefined,
        operation: 'SimulatePrincipalPolicy',
      },
    )
  },
})
