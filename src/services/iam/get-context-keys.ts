import type {
  GetContextKeysForCustomPolicyCommandInput,
  GetContextKeysForCustomPolicyCommandOutput,
  GetContextKeysForPrincipalPolicyCommandInput,
  GetContextKeysForPrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { contextKeysOf } from '../../policy/context-keys.ts'
import { PolicySyntaxError } from '../../policy/parse.ts'
import { operation } from '../operation.ts'
import { invalidInput } from './entities.ts'
import { onEntity } from './needs.ts'
import { ownPolicySource, sourcesOf } from './simulate-sources.ts'

/** The condition keys that a simulation of these policies wants values for: each once a document. */

export const getContextKeysForCustomPolicy = operation<
  GetContextKeysForCustomPolicyCommandInput,
  GetContextKeysForCustomPolicyCommandOutput
>('iam', 'GetContextKeysForCustomPolicy', {
  needs: () => [need('iam:GetContextKeysForCustomPolicy', '*')],
  perform: ({ PolicyInputList }) => ({ ContextKeyNames: keysOf(PolicyInputList) }),
})

export const getContextKeysForPrincipalPolicy = operation<
  GetContextKeysForPrincipalPolicyCommandInput,
  GetContextKeysForPrincipalPolicyCommandOutput
>('iam', 'GetContextKeysForPrincipalPolicy', {
  needs: ({ PolicySourceArn }, call) => {
    const { type, name } = ownPolicySource(call.account, PolicySourceArn)
    return [onEntity(call, 'GetContextKeysForPrincipalPolicy', type, name)]
  },
  perform: ({ PolicySourceArn, PolicyInputList }, { call, world: { store } }) => {
    const { identity, boundary } = sourcesOf(store, call.account, PolicySourceArn)
    const attached = [...identity, ...(boundary ? [boundary] : [])]
    const keys = attached.flatMap(({ policy }) => contextKeysOf(policy))
    return { ContextKeyNames: [...new Set(keys), ...keysOf(PolicyInputList)] }
  },
})

/** Throws InvalidInput for a document whose structure cannot be read; resource policies are welcome, too. */
function keysOf(texts: readonly string[] = []): string[] {
  return texts.flatMap((text, index) => {
    try {
      return contextKeysOf(text, text.includes('Principal"') ? 'resource' : 'identity')
    } catch (error) {
      if (!(error instanceof PolicySyntaxError)) throw error
      throw invalidInput(`Policy input list item ${index + 1} has invalid content`)
    }
  })
}
