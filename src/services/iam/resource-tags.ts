import type {
  ListInstanceProfileTagsCommandInput,
  ListInstanceProfileTagsCommandOutput,
  ListPolicyTagsCommandInput,
  ListPolicyTagsCommandOutput,
  ListRoleTagsCommandInput,
  ListRoleTagsCommandOutput,
  ListUserTagsCommandInput,
  ListUserTagsCommandOutput,
  TagInstanceProfileCommandInput,
  TagInstanceProfileCommandOutput,
  TagPolicyCommandInput,
  TagPolicyCommandOutput,
  TagRoleCommandInput,
  TagRoleCommandOutput,
  TagUserCommandInput,
  TagUserCommandOutput,
  UntagInstanceProfileCommandInput,
  UntagInstanceProfileCommandOutput,
  UntagPolicyCommandInput,
  UntagPolicyCommandOutput,
  UntagRoleCommandInput,
  UntagRoleCommandOutput,
  UntagUserCommandInput,
  UntagUserCommandOutput,
} from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { requireEntity, saveEntity, type Tag } from './entities.ts'
import { requireProfile, saveProfile } from './instance-profile.ts'
import { onInstanceProfile, onPolicy, onRole, onUser } from './needs.ts'
import { page, type Paging } from './page.ts'
import { requireOwnPolicy, requirePolicyView, savePolicy } from './policies.ts'
import { requireOwnRole } from './protected-roles.ts'
import { requestTagKeys, withoutTags, withTags } from './tags.ts'

/** Tags of users, roles, managed policies and instance profiles: the same three deeds on each. */

export const tagUser = operation<TagUserCommandInput, TagUserCommandOutput>('iam', 'TagUser', {
  needs: ({ UserName, Tags }, call) => [onUser(call, 'TagUser', UserName, requestTagKeys(Tags))],
  perform: ({ UserName, Tags }, { call, world: { store } }) => {
    const tagged = requireEntity(store, 'user', call.account, UserName)
    saveEntity(store, { ...tagged, tags: withTags(tagged.tags, Tags) })
    return {}
  },
})

export const untagUser = operation<UntagUserCommandInput, UntagUserCommandOutput>('iam', 'UntagUser', {
  needs: ({ UserName, TagKeys }, call) => [onUser(call, 'UntagUser', UserName, { 'aws:TagKeys': TagKeys })],
  perform: ({ UserName, TagKeys }, { call, world: { store } }) => {
    const tagged = requireEntity(store, 'user', call.account, UserName)
    saveEntity(store, { ...tagged, tags: withoutTags(tagged.tags, TagKeys) })
    return {}
  },
})

export const listUserTags = operation<ListUserTagsCommandInput, ListUserTagsCommandOutput>('iam', 'ListUserTags', {
  needs: ({ UserName }, call) => [onUser(call, 'ListUserTags', UserName)],
  perform: ({ UserName, ...paging }, { call, world: { store } }) =>
    tagPage(requireEntity(store, 'user', call.account, UserName).tags, paging),
})

export const tagRole = operation<TagRoleCommandInput, TagRoleCommandOutput>('iam', 'TagRole', {
  needs: ({ RoleName, Tags }, call) => [onRole(call, 'TagRole', RoleName, requestTagKeys(Tags))],
  perform: ({ RoleName, Tags }, { call, world: { store } }) => {
    const tagged = requireOwnRole(store, call.account, RoleName)
    saveEntity(store, { ...tagged, tags: withTags(tagged.tags, Tags) })
    return {}
  },
})

export const untagRole = operation<UntagRoleCommandInput, UntagRoleCommandOutput>('iam', 'UntagRole', {
  needs: ({ RoleName, TagKeys }, call) => [onRole(call, 'UntagRole', RoleName, { 'aws:TagKeys': TagKeys })],
  perform: ({ RoleName, TagKeys }, { call, world: { store } }) => {
    const tagged = requireOwnRole(store, call.account, RoleName)
    saveEntity(store, { ...tagged, tags: withoutTags(tagged.tags, TagKeys) })
    return {}
  },
})

export const listRoleTags = operation<ListRoleTagsCommandInput, ListRoleTagsCommandOutput>('iam', 'ListRoleTags', {
  needs: ({ RoleName }, call) => [onRole(call, 'ListRoleTags', RoleName)],
  perform: ({ RoleName, ...paging }, { call, world: { store } }) =>
    tagPage(requireEntity(store, 'role', call.account, RoleName).tags, paging),
})

export const tagPolicy = operation<TagPolicyCommandInput, TagPolicyCommandOutput>('iam', 'TagPolicy', {
  needs: ({ PolicyArn, Tags }, call) => [onPolicy(call, 'TagPolicy', PolicyArn, requestTagKeys(Tags))],
  perform: ({ PolicyArn, Tags }, { call, world: { store } }) => {
    const tagged = requireOwnPolicy(store, call.account, PolicyArn)
    savePolicy(store, { ...tagged, tags: withTags(tagged.tags, Tags) })
    return {}
  },
})

export const untagPolicy = operation<UntagPolicyCommandInput, UntagPolicyCommandOutput>('iam', 'UntagPolicy', {
  needs: ({ PolicyArn, TagKeys }, call) => [onPolicy(call, 'UntagPolicy', PolicyArn, { 'aws:TagKeys': TagKeys })],
  perform: ({ PolicyArn, TagKeys }, { call, world: { store } }) => {
    const tagged = requireOwnPolicy(store, call.account, PolicyArn)
    savePolicy(store, { ...tagged, tags: withoutTags(tagged.tags, TagKeys) })
    return {}
  },
})

export const listPolicyTags = operation<ListPolicyTagsCommandInput, ListPolicyTagsCommandOutput>(
  'iam',
  'ListPolicyTags',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'ListPolicyTags', PolicyArn)],
    perform: ({ PolicyArn, ...paging }, { world: { store } }) =>
      tagPage(requirePolicyView(store, PolicyArn).tags, paging),
  },
)

export const tagInstanceProfile = operation<TagInstanceProfileCommandInput, TagInstanceProfileCommandOutput>(
  'iam',
  'TagInstanceProfile',
  {
    needs: ({ InstanceProfileName, Tags }, call) => [
      onInstanceProfile(call, 'TagInstanceProfile', InstanceProfileName, requestTagKeys(Tags)),
    ],
    perform: ({ InstanceProfileName, Tags }, { call, world: { store } }) => {
      const tagged = requireProfile(store, call.account, InstanceProfileName)
      saveProfile(store, { ...tagged, tags: withTags(tagged.tags, Tags) })
      return {}
    },
  },
)

export const untagInstanceProfile = operation<UntagInstanceProfileCommandInput, UntagInstanceProfileCommandOutput>(
  'iam',
  'UntagInstanceProfile',
  {
    needs: ({ InstanceProfileName, TagKeys }, call) => [
      onInstanceProfile(call, 'UntagInstanceProfile', InstanceProfileName, { 'aws:TagKeys': TagKeys }),
    ],
    perform: ({ InstanceProfileName, TagKeys }, { call, world: { store } }) => {
      const tagged = requireProfile(store, call.account, InstanceProfileName)
      saveProfile(store, { ...tagged, tags: withoutTags(tagged.tags, TagKeys) })
      return {}
    },
  },
)

export const listInstanceProfileTags = operation<
  ListInstanceProfileTagsCommandInput,
  ListInstanceProfileTagsCommandOutput
>('iam', 'ListInstanceProfileTags', {
  needs: ({ InstanceProfileName }, call) => [onInstanceProfile(call, 'ListInstanceProfileTags', InstanceProfileName)],
  perform: ({ InstanceProfileName, ...paging }, { call, world: { store } }) =>
    tagPage(requireProfile(store, call.account, InstanceProfileName).tags, paging),
})

function tagPage(tags: readonly Tag[], paging: Paging) {
  const sorted = tags.toSorted((a, b) => (a.Key < b.Key ? -1 : 1))
  const { items, ...rest } = page(sorted, ({ Key }) => Key, paging)
  return { Tags: items, ...rest }
}
