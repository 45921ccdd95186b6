import type {
  AddRoleToInstanceProfileCommandInput,
  AddRoleToInstanceProfileCommandOutput,
  CreateInstanceProfileCommandInput,
  CreateInstanceProfileCommandOutput,
  DeleteInstanceProfileCommandInput,
  DeleteInstanceProfileCommandOutput,
  GetInstanceProfileCommandInput,
  GetInstanceProfileCommandOutput,
  ListInstanceProfilesCommandInput,
  ListInstanceProfilesCommandOutput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput,
  RemoveRoleFromInstanceProfileCommandInput,
  RemoveRoleFromInstanceProfileCommandOutput,
} from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import {
  alreadyExists,
  deleteConflict,
  findEntity,
  iamArn,
  INSTANCE_PROFILES,
  type InstanceProfile,
  keyOf,
  noSuchEntity,
  requireEntity,
} from './entities.ts'
import { uniqueId } from './ids.ts'
import { profilesOfRole, profileView, requireProfile, saveProfile } from './instance-profile.ts'
import { onInstanceProfile, onPath, onRole, toCreate } from './needs.ts'
import { page, storedPage } from './page.ts'
import { passRole } from './pass-role.ts'
import { requireRoom } from './quotas.ts'
import { checkTags } from './tags.ts'

/** Instance profiles: the sleeve in which EC2 gets a role, one role each. */

export const createInstanceProfile = operation<CreateInstanceProfileCommandInput, CreateInstanceProfileCommandOutput>(
  'iam',
  'CreateInstanceProfile',
  {
    needs: ({ InstanceProfileName, Path, Tags }, call) =>
      toCreate(call, 'CreateInstanceProfile', 'instance-profile', {
        name: InstanceProfileName,
        path: Path,
        tags: Tags,
      }),
    perform: ({ InstanceProfileName: name, Path: path = '/', Tags }, { call, world }) => {
      const { account } = call
      if (world.store.get(INSTANCE_PROFILES, keyOf(account, name))) {
        throw alreadyExists(`Instance Profile ${name} already exists.`)
      }
      requireRoom('InstanceProfilesPerAccount', world.store.count(INSTANCE_PROFILES, `${account}/`))
      const profile: InstanceProfile = {
        account,
        name,
        path,
        id: uniqueId(world, 'AIPA'),
        arn: iamArn(account, 'instance-profile', path, name),
        createDate: Math.floor(call.time / 1000),
        tags: checkTags(Tags, 'by case'),
      }
      saveProfile(world.store, profile)
      const tags = profile.tags.length > 0 && { Tags: [...profile.tags] }
      return { InstanceProfile: { ...profileView(world.store, profile), ...tags } }
    },
  },
)

export const getInstanceProfile = operation<GetInstanceProfileCommandInput, GetInstanceProfileCommandOutput>(
  'iam',
  'GetInstanceProfile',
  {
    needs: ({ InstanceProfileName }, call) => [onInstanceProfile(call, 'GetInstanceProfile', InstanceProfileName)],
    perform: ({ InstanceProfileName }, { call, world: { store } }) => {
      const profile = requireProfile(store, call.account, InstanceProfileName)
      return { InstanceProfile: { ...profileView(store, profile), Tags: [...profile.tags] } }
    },
  },
)

export const deleteInstanceProfile = operation<DeleteInstanceProfileCommandInput, DeleteInstanceProfileCommandOutput>(
  'iam',
  'DeleteInstanceProfile',
  {
    needs: ({ InstanceProfileName }, call) => [onInstanceProfile(call, 'DeleteInstanceProfile', InstanceProfileName)],
    perform: ({ InstanceProfileName }, { call, world: { store } }) => {
      const profile = requireProfile(store, call.account, InstanceProfileName)
      if (profile.role !== undefined) {
        throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
      }
      store.delete(INSTANCE_PROFILES, keyOf(profile.account, profile.name))
      return {}
    },
  },
)

export const listInstanceProfiles = operation<ListInstanceProfilesCommandInput, ListInstanceProfilesCommandOutput>(
  'iam',
  'ListInstanceProfiles',
  {
    needs: ({ PathPrefix }, call) => [onPath(call, 'ListInstanceProfiles', 'instance-profile', PathPrefix)],
    perform: (input, { call, world: { store } }) => {
      const { items, ...rest } = storedPage<InstanceProfile>(store, INSTANCE_PROFILES, call.account, input)
      return { InstanceProfiles: items.map((profile) => profileView(store, profile)), ...rest }
    },
  },
)

export const listInstanceProfilesForRole = operation<
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput
>('iam', 'ListInstanceProfilesForRole', {
  needs: ({ RoleName }, call) => [onRole(call, 'ListInstanceProfilesForRole', RoleName)],
  perform: ({ RoleName, ...paging }, { call, world: { store } }) => {
    const profiles = profilesOfRole(store, requireEntity(store, 'role', call.account, RoleName))
    const { items, ...rest } = page(profiles, ({ name }) => name.toLowerCase(), paging)
    return { InstanceProfiles: items.map((profile) => profileView(store, profile)), ...rest }
  },
})

/** The role goes to EC2 sooner or later, so the caller must be allowed to pass it. */
export const addRoleToInstanceProfile = operation<
  AddRoleToInstanceProfileCommandInput,
  AddRoleToInstanceProfileCommandOutput
>('iam', 'AddRoleToInstanceProfile', {
  needs: ({ InstanceProfileName, RoleName }, call) => {
    const role = findEntity(call.world.store, 'role', call.account, RoleName)
    return [
      onInstanceProfile(call, 'AddRoleToInstanceProfile', InstanceProfileName),
      passRole(call, role?.arn ?? onRole(call, 'PassRole', RoleName).resource, 'ec2.amazonaws.com'),
    ]
  },
  perform: ({ InstanceProfileName, RoleName }, { call, world: { store } }) => {
    const profile = requireProfile(store, call.account, InstanceProfileName)
    const role = requireEntity(store, 'role', call.account, RoleName)
    requireRoom('InstanceSessionsPerInstanceProfile', profile.role === undefined ? 0 : 1)
    saveProfile(store, { ...profile, role: role.name.toLowerCase() })
    return {}
  },
})

export const removeRoleFromInstanceProfile = operation<
  RemoveRoleFromInstanceProfileCommandInput,
  RemoveRoleFromInstanceProfileCommandOutput
>('iam', 'RemoveRoleFromInstanceProfile', {
  needs: ({ InstanceProfileName }, call) => [
    onInstanceProfile(call, 'RemoveRoleFromInstanceProfile', InstanceProfileName),
  ],
  perform: ({ InstanceProfileName, RoleName }, { call, world: { store } }) => {
    const profile = requireProfile(store, call.account, InstanceProfileName)
    const { name } = requireEntity(store, 'role', call.account, RoleName)
    if (profile.role !== name.toLowerCase()) {
      throw noSuchEntity(`Role ${RoleName} in Instance Profile ${InstanceProfileName} cannot be found.`)
    }
    const { role: _gone, ...rest } = profile
    saveProfile(store, rest)
    return {}
  },
})
