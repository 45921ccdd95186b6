import type { ResourceSpec } from '@aws-sdk/client-sagemaker'
import type { Store } from '../../../store/store.ts'
import type { Shape } from '../../../wire/shape.ts'
import type { Place } from '../resources.ts'
import { domains, type DomainDescription } from './domain.ts'
import type { AppId } from './app.ts'
import { spaces } from './space.ts'
import { userProfiles } from './user-profile.ts'

/** Settings by app type, as they stand in those of users, spaces and domains alike. */
type Settings = { ExecutionRole?: string; SecurityGroups?: string[] } & Record<string, unknown>

/** For whom an app runs: the settings that hold for it, the nearest first, and the role that it acts as. */
export interface AppOwner {
  domain: DomainDescription
  settings: readonly Settings[]
  roleArn: string | undefined
  /** "SecurityGroups is aggregated when specified in both calls" (API_CreateDomain, DefaultUserSettings). */
  securityGroupIds: readonly string[]
}

/**
 * A user's app acts as the user profile's execution role, else the domain's default. So does a private space's, as its
 * owner; a shared space's acts as the role of the domain's DefaultSpaceSettings (API_CreateDomain).
 */
export function appOwner(store: Store, at: Place, { DomainId, UserProfileName, SpaceName }: AppId): AppOwner {
  const domain = domains.must(store, at, DomainId).description
  const space = SpaceName === undefined ? undefined : spaces.must(store, at, `${DomainId}/${SpaceName}`).description
  const isPrivate = space?.SpaceSharingSettings?.SharingType === 'Private'
  const user = space ? (isPrivate ? space.OwnershipSettings?.OwnerUserProfileName : undefined) : UserProfileName
  const profile = user === undefined ? undefined : userProfiles.find(store, at, `${DomainId}/${user}`)?.description
  const roles = user === undefined ? [domain.DefaultSpaceSettings] : [profile?.UserSettings, domain.DefaultUserSettings]
  const settings = [space?.SpaceSettings, ...roles].flatMap((one) => (one ? [one as unknown as Settings] : []))
  return {
    domain,
    settings,
    roleArn: roles.map((one) => one?.ExecutionRole).find((one) => one !== undefined),
    securityGroupIds: [...new Set(settings.flatMap((one) => one.SecurityGroups ?? []))],
  }
}

/** AWS's default: a machine of the service's own for JupyterServer, the smallest of the customer's else. */
const defaultInstance = (appType: string) => (appType === 'JupyterServer' ? 'system' : 'ml.t3.medium')

/** What the request says, else the nearest settings for such apps. */
export function resourceSpec(
  { AppType, ResourceSpec: asked }: { AppType: string; ResourceSpec?: Shape<ResourceSpec> },
  { settings }: AppOwner,
): Shape<ResourceSpec> {
  const defaults = settings
    .map((one) => (one[`${AppType}AppSettings`] as { DefaultResourceSpec?: Shape<ResourceSpec> })?.DefaultResourceSpec)
    .find((one) => one !== undefined)
  return { InstanceType: defaultInstance(AppType), ...defaults, ...asked }
}
