import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { validationError } from '../iam/entities.ts'
import { defaultVersion, findPolicy, isAwsManaged } from '../iam/policies.ts'
import { managedPolicyText } from '../iam/managed-policies.ts'
import { checkPolicy } from '../iam/policy-text.ts'
import type { SessionPolicy } from './sessions.ts'

const MANAGED_SESSION_POLICIES = 10

/**
 * The policies that narrow a new session: the inline one and the managed ones, which must be of the role's account or
 * AWS's. inferred: a managed one is taken as it reads now, and a later version does not reach the session.
 */
export function sessionPolicies(
  store: Store,
  account: string,
  { Policy, PolicyArns = [] }: { Policy?: string; PolicyArns?: readonly { arn?: string }[] },
): SessionPolicy[] {
  if (PolicyArns.length > MANAGED_SESSION_POLICIES) {
    throw validationError(
      "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: " +
        `Member must have length less than or equal to ${MANAGED_SESSION_POLICIES}`,
    )
  }
  const managed = PolicyArns.map(({ arn = '' }) => ({ id: arn, managed: true, text: managedText(store, account, arn) }))
  if (Policy === undefined) return managed
  checkPolicy(Policy, 'identity', 'session')
  return [{ id: 'inline:session-policy', managed: false, text: Policy }, ...managed]
}

function managedText(store: Store, account: string, arn: string): string {
  const own = findPolicy(store, arn)
  const text = isAwsManaged(arn) ? managedPolicyText(arn) : own?.account === account && defaultVersion(own).text
  // inferred: the sentence.
  if (!text) throw new AwsError('MalformedPolicyDocument', `Policy ${arn} does not exist or is not attachable.`)
  return text
}
