import type { Store } from '../../store/store.ts'
import { answerSimulation } from '../iam/simulate-input.ts'
import { sourcesOf } from '../iam/simulate-sources.ts'
import { scps } from '../organizations/control-policies.ts'
import { membership } from '../organizations/membership.ts'

/**
 * Which actions a role is not allowed on every resource, whatever the circumstances: what the policy simulator says of `*`
 * without any context. A statement with a condition or a resource filter does not count there, which is what the role page
 * means: "Do not scope the policy with conditions or resource filters, or the validation checks made during creation fail".
 */
export function lackedUnconditioned(
  store: Store,
  account: string,
  roleArn: string,
  actions: readonly string[],
): string[] {
  const { entity, identity, boundary } = sourcesOf(store, account, roleArn)
  const levels = scps(store, account)
  const { EvaluationResults: results } = answerSimulation(
    store,
    { CallerArn: entity.arn, ActionNames: [...actions] },
    {
      account,
      identity: identity.map(({ policy }) => policy),
      ...(boundary && { boundary: boundary.policy }),
      ...(levels && { scp: levels }),
      organized: membership(store, account) !== undefined,
      operation: 'SimulatePrincipalPolicy',
    },
  )
  return results.flatMap(({ EvalActionName, EvalDecision }) => (EvalDecision === 'allowed' ? [] : EvalActionName))
}
