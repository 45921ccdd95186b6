import type {
  GetAccountSettingCommandInput,
  GetAccountSettingCommandOutput,
  PutAccountSettingCommandInput,
  PutAccountSettingCommandOutput,
} from '@aws-sdk/client-ecr'
import { need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { registrySettings, saveRegistrySettings, type RegistryId } from './registry-settings.ts'

/** What each setting may be, its default first (Amazon ECR API Reference, PutAccountSetting). inferred: BLOB_MOUNTING's default. */
const settings: Readonly<Record<string, readonly string[]>> = {
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE', 'CLAIR'],
  REGISTRY_POLICY_SCOPE: ['V2', 'V1'],
  BLOB_MOUNTING: ['DISABLED', 'ENABLED'],
}

export function accountSetting(store: Store, registry: RegistryId, name: string): string {
  return registrySettings(store, registry).settings?.[name] ?? settings[name]?.[0] ?? ''
}

const needs = (action: string) => (input: { name: string }) => [
  need(`ecr:${action}`, '*', { context: { 'ecr:AccountSetting': input.name } }),
]

// inferred: both sentences.
function assertKnown(name: string): readonly string[] {
  const values = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (!values)
    throw invalidParameter('name', `Member must satisfy enum value set: [${Object.keys(settings).join(', ')}]`)
  return values
}

export const getAccountSetting = operation<GetAccountSettingCommandInput, GetAccountSettingCommandOutput>(
  'ecr',
  'GetAccountSetting',
  {
    needs: needs('GetAccountSetting'),
    perform: (input, { call, world }) => {
      assertKnown(input.name)
      return { name: input.name, value: accountSetting(world.store, call, input.name) }
    },
  },
)

export const putAccountSetting = operation<PutAccountSettingCommandInput, PutAccountSettingCommandOutput>(
  'ecr',
  'PutAccountSetting',
  {
    needs: needs('PutAccountSetting'),
    perform: (input, { call, world }) => {
      const { name, value } = input
      const values = assertKnown(name)
      if (!values.includes(value))
        throw invalidParameter('value', `Member must satisfy enum value set: [${values.join(', ')}]`)
      world.store.transaction(() => {
        const before = registrySettings(world.store, call)
        saveRegistrySettings(world.store, call, { ...before, settings: { ...before.settings, [name]: value } })
      })
      return { name, value }
    },
  },
)
