import type {
  DeleteRegistryPolicyCommandInput,
  DeleteRegistryPolicyCommandOutput,
  GetRegistryPolicyCommandInput,
  GetRegistryPolicyCommandOutput,
  PutRegistryPolicyCommandInput,
  PutRegistryPolicyCommandOutput,
} from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import type { Call } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import { bindPrincipals, shownText } from '../iam/bound-principals.ts'
import { operation } from '../operation.ts'
import { invalidParameter, registryPolicyNotFound } from './errors.ts'
import { registrySettings, saveRegistrySettings } from './registry-settings.ts'

/** The service authorization reference names no resource for what is about a whole registry. */
const onRegistry = (action: string) => () => [need(`ecr:${action}`, '*')]

export const putRegistryPolicy = operation<PutRegistryPolicyCommandInput, PutRegistryPolicyCommandOutput>(
  'ecr',
  'PutRegistryPolicy',
  {
    needs: onRegistry('PutRegistryPolicy'),
    perform: (input, { call, world }) => {
      const { policyText } = input
      return world.store.transaction(() => {
        assertCompiles(policyText, call.account)
        const { principals: policyPrincipals, stranger } = bindPrincipals(world.store, policyText)
        if (stranger !== undefined) throw invalidParameter('PolicyText', 'Principal not found')
        const before = registrySettings(world.store, call)
        saveRegistrySettings(world.store, call, { ...before, policyText, policyPrincipals })
        return { registryId: call.account, policyText }
      })
    },
  },
)

// inferred: the sentence, by the repositories' own.
function assertCompiles(policyText: string, account: string): void {
  try {
    compile(policyText, { id: `registry-policy:${account}`, managed: false, grammar: 'resource' })
  } catch {
    throw invalidParameter('PolicyText', 'Invalid registry policy provided')
  }
}

export const getRegistryPolicy = operation<GetRegistryPolicyCommandInput, GetRegistryPolicyCommandOutput>(
  'ecr',
  'GetRegistryPolicy',
  {
    needs: onRegistry('GetRegistryPolicy'),
    perform: (_input, { call }) => ({ registryId: call.account, policyText: policyOf(call) }),
  },
)

export const deleteRegistryPolicy = operation<DeleteRegistryPolicyCommandInput, DeleteRegistryPolicyCommandOutput>(
  'ecr',
  'DeleteRegistryPolicy',
  {
    needs: onRegistry('DeleteRegistryPolicy'),
    perform: (_input, { call, world }) =>
      world.store.transaction(() => {
        const policyText = policyOf(call)
        const { policyText: _text, policyPrincipals: _principals, ...rest } = registrySettings(world.store, call)
        saveRegistrySettings(world.store, call, rest)
        return { registryId: call.account, policyText }
      }),
  },
)

function policyOf({ world, account, region }: Call): string {
  const { policyText: text, policyPrincipals: principals = {} } = registrySettings(world.store, { account, region })
  if (text === undefined) throw registryPolicyNotFound(account)
  return shownText(world.store, { text, principals })
}
