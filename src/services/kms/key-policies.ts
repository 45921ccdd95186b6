import type {
  GetKeyPolicyCommandInput,
  GetKeyPolicyCommandOutput,
  ListKeyPoliciesCommandInput,
  ListKeyPoliciesCommandOutput,
  PutKeyPolicyCommandInput,
  PutKeyPolicyCommandOutput,
} from '@aws-sdk/client-kms'
import { AwsError } from '../../wire/aws-error.ts'
import { shownText } from '../iam/bound-principals.ts'
import { keyArn, updateKey } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { bindKeyPolicy } from './key-policy-text.ts'
import { requireNotManaged } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { checkLockout } from './lockout.ts'
import { onOwnKey } from './needs.ts'

/** "The only valid value is default." inferred: the sentence. */
function checkName(name: string | undefined, arn: string): void {
  if (name !== undefined && name !== 'default')
    throw new AwsError('NotFoundException', `No such policy exists: ${name} for key ${arn}`)
}

export const getKeyPolicy = kmsOperation<GetKeyPolicyCommandInput, GetKeyPolicyCommandOutput>('GetKeyPolicy', {
  needs: onOwnKey('GetKeyPolicy'),
  perform: (input, { call, world }) => {
    const key = openKey(world, parseKeyOnly(input.KeyId, call))
    checkName(input.PolicyName, keyArn(key))
    return { Policy: shownText(world.store, key.policy), PolicyName: 'default' }
  },
})

export const listKeyPolicies = kmsOperation<ListKeyPoliciesCommandInput, ListKeyPoliciesCommandOutput>(
  'ListKeyPolicies',
  {
    needs: onOwnKey('ListKeyPolicies'),
    perform: (input, { call, world }) => {
      openKey(world, parseKeyOnly(input.KeyId, call))
      return { PolicyNames: ['default'], Truncated: false }
    },
  },
)

export const putKeyPolicy = kmsOperation<PutKeyPolicyCommandInput, PutKeyPolicyCommandOutput>('PutKeyPolicy', {
  needs: onOwnKey('PutKeyPolicy', {
    options: (input) => ({
      context: { 'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck ?? false) },
    }),
  }),
  perform: (input, { call, world }) => {
    updateKey(world, parseKeyOnly(input.KeyId, call), (key) => {
      requireNotManaged(key)
      checkName(input.PolicyName, keyArn(key))
      const changed = { ...key, policy: bindKeyPolicy(call, input.Policy) }
      if (!input.BypassPolicyLockoutSafetyCheck) checkLockout(call, changed)
      return changed
    })
    return {}
  },
})
