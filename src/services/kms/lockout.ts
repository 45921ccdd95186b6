import { principalOf } from '../../door/authorize.ts'
import { type Call, need } from '../../door/call.ts'
import { requestContext } from '../../door/context.ts'
import { compile } from '../../policy/compile.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { malformedPolicy } from './errors.ts'
import { type Key, keyArn } from './key.ts'
import { keyPolicy } from './key-policy-text.ts'
import { callKeys, keyKeys } from './needs.ts'

const everything = compile(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  { id: 'lockout-check' },
)

/**
 * The lockout check: the policy must let the caller put a policy again, itself or by leaving it to the account's IAM
 * (API reference, PutKeyPolicy: BypassPolicyLockoutSafetyCheck).
 */
export function checkLockout(call: Call, key: Key): void {
  const asked = need('kms:PutKeyPolicy', keyArn(key), { context: { ...callKeys(call), ...keyKeys(key) } })
  const { effect } = evaluate(
    {
      principal: principalOf(call.caller),
      action: asked.action,
      resource: asked.resource,
      resourceAccount: key.account,
      context: requestContext(call, asked),
    },
    { identity: [everything], resource: keyPolicy(key), resourceRequired: true },
  )
  if (effect !== 'allow')
    throw malformedPolicy('The new key policy will not allow you to update the key policy in the future.')
}
