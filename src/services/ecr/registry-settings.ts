import type { RegistryScanningConfiguration, ReplicationConfiguration } from '@aws-sdk/client-ecr'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { BoundPolicy } from '../iam/bound-principals.ts'

/** A registry is an account's, in one Region. */
export interface RegistryId {
  account: string
  region: string
}

/** Document `ecr/registry`, keyed `account/region`: what was set for a whole registry. */
export interface RegistrySettings {
  /** As its author wrote it. */
  policyText?: string
  policyPrincipals?: BoundPolicy['principals']
  replication?: Shape<ReplicationConfiguration>
  scanning?: Shape<RegistryScanningConfiguration>
  /** PutAccountSetting, by name. */
  settings?: Record<string, string>
}

const nothing: RegistrySettings = {}

export function registrySettings(store: Store, { account, region }: RegistryId): RegistrySettings {
  return store.get<RegistrySettings>('ecr/registry', `${account}/${region}`) ?? nothing
}

export function saveRegistrySettings(store: Store, { account, region }: RegistryId, settings: RegistrySettings): void {
  store.put('ecr/registry', `${account}/${region}`, settings)
}
