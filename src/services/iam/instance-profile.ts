import type { Store } from '../../store/store.ts'
import { findEntity, INSTANCE_PROFILES, type InstanceProfile, keyOf, noSuchEntity, type Role } from './entities.ts'
import { roleView } from './views.ts'

/** Throws NoSuchEntity. */
export function requireProfile(store: Store, account: string, name: string): InstanceProfile {
  const profile = store.get<InstanceProfile>(INSTANCE_PROFILES, keyOf(account, name))
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`)
  return profile
}

export function saveProfile(store: Store, profile: InstanceProfile): void {
  store.put(INSTANCE_PROFILES, keyOf(profile.account, profile.name), profile)
}

export function profilesOfRole(store: Store, role: Role): InstanceProfile[] {
  const name = role.name.toLowerCase()
  return store
    .list<InstanceProfile>(INSTANCE_PROFILES, { prefix: `${role.account}/` })
    .map(({ value }) => value)
    .filter((profile) => profile.role === name)
}

export function profileView(store: Store, profile: InstanceProfile) {
  const role = profile.role === undefined ? undefined : findEntity(store, 'role', profile.account, profile.role)
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createDate,
    Roles: role ? [roleView(store, role)] : [],
  }
}
