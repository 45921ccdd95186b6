import { deflateRawSync } from 'node:zlib'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { type Tag, validationError } from '../iam/entities.ts'
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
  checkPolicy(Policy, 'identity')
  return [{ id: 'inline:session-policy', managed: false, text: Policy }, ...managed]
}

function managedText(store: Store, account: string, arn: string): string {
  const own = findPolicy(store, arn)
  const text = isAwsManaged(arn) ? managedPolicyText(arn) : own?.account === account && defaultVersion(own).text
  // inferred: the sentence.
  if (!text) throw new AwsError('MalformedPolicyDocument', `Policy ${arn} does not exist or is not attachable.`)
  return text
}

/** What a session's policies and tags may take up, packed. inferred: AWS's own packing is not known. */
const PACKED_BYTES = 2048

/**
 * Percent of the room for policies and tags; undefined when there are none (AWS leaves it out then).
 * A managed policy counts by its ARN, as only that is passed.
 */
export function packedPolicySize(policies: readonly SessionPolicy[], tags: readonly Tag[]): number | undefined {
  if (policies.length === 0 && tags.length === 0) return undefined
  const content = JSON.stringify([policies.map(({ id, managed, text }) => (managed ? id : text)), tags])
  const percent = Math.ceil((deflateRawSync(content).length / PACKED_BYTES) * 100)
  if (percent > 100) {
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
    )
  }
  return percent
}
