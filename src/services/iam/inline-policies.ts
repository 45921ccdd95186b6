import type {
  DeleteGroupPolicyCommandInput,
  DeleteGroupPolicyCommandOutput,
  DeleteRolePolicyCommandInput,
  DeleteRolePolicyCommandOutput,
  DeleteUserPolicyCommandInput,
  DeleteUserPolicyCommandOutput,
  GetGroupPolicyCommandInput,
  GetGroupPolicyCommandOutput,
  GetRolePolicyCommandInput,
  GetRolePolicyCommandOutput,
  GetUserPolicyCommandInput,
  GetUserPolicyCommandOutput,
  ListGroupPoliciesCommandInput,
  ListGroupPoliciesCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  ListUserPoliciesCommandInput,
  ListUserPoliciesCommandOutput,
  PutGroupPolicyCommandInput,
  PutGroupPolicyCommandOutput,
  PutRolePolicyCommandInput,
  PutRolePolicyCommandOutput,
  PutUserPolicyCommandInput,
  PutUserPolicyCommandOutput,
} from '@aws-sdk/client-iam'
import { policySize } from '../../policy/parse.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { type Entity, limitExceeded, noSuchEntity, requireEntity, saveEntity } from './entities.ts'
import { onEntity, onRole, onUser } from './needs.ts'
import { page, type Paging } from './page.ts'
import { checkPolicy, encodePolicy } from './policy-text.ts'
import { requireOwnRole } from './protected-roles.ts'

/** Inline policies of users, groups and roles: the same four deeds on each. */

/** Characters without white space, over all inline policies of one entity. */
const INLINE_SIZE = { user: 2048, group: 5120, role: 10_240 }

export const putUserPolicy = operation<PutUserPolicyCommandInput, PutUserPolicyCommandOutput>('iam', 'PutUserPolicy', {
  needs: ({ UserName }, call) => [onUser(call, 'PutUserPolicy', UserName)],
  perform: ({ UserName, PolicyName, PolicyDocument }, { call, world: { store } }) =>
    put(store, requireEntity(store, 'user', call.account, UserName), PolicyName, PolicyDocument),
})

export const putGroupPolicy = operation<PutGroupPolicyCommandInput, PutGroupPolicyCommandOutput>(
  'iam',
  'PutGroupPolicy',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'PutGroupPolicy', 'group', GroupName)],
    perform: ({ GroupName, PolicyName, PolicyDocument }, { call, world: { store } }) =>
      put(store, requireEntity(store, 'group', call.account, GroupName), PolicyName, PolicyDocument),
  },
)

export const putRolePolicy = operation<PutRolePolicyCommandInput, PutRolePolicyCommandOutput>('iam', 'PutRolePolicy', {
  needs: ({ RoleName }, call) => [onRole(call, 'PutRolePolicy', RoleName)],
  perform: ({ RoleName, PolicyName, PolicyDocument }, { call, world: { store } }) =>
    put(store, requireOwnRole(store, call.account, RoleName), PolicyName, PolicyDocument),
})

export const getUserPolicy = operation<GetUserPolicyCommandInput, GetUserPolicyCommandOutput>('iam', 'GetUserPolicy', {
  needs: ({ UserName }, call) => [onUser(call, 'GetUserPolicy', UserName)],
  perform: ({ UserName, PolicyName }, { call, world: { store } }) => {
    const user = requireEntity(store, 'user', call.account, UserName)
    return { UserName: user.name, ...inlineView(user, PolicyName) }
  },
})

export const getGroupPolicy = operation<GetGroupPolicyCommandInput, GetGroupPolicyCommandOutput>(
  'iam',
  'GetGroupPolicy',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'GetGroupPolicy', 'group', GroupName)],
    perform: ({ GroupName, PolicyName }, { call, world: { store } }) => {
      const group = requireEntity(store, 'group', call.account, GroupName)
      return { GroupName: group.name, ...inlineView(group, PolicyName) }
    },
  },
)

export const getRolePolicy = operation<GetRolePolicyCommandInput, GetRolePolicyCommandOutput>('iam', 'GetRolePolicy', {
  needs: ({ RoleName }, call) => [onRole(call, 'GetRolePolicy', RoleName)],
  perform: ({ RoleName, PolicyName }, { call, world: { store } }) => {
    const role = requireEntity(store, 'role', call.account, RoleName)
    return { RoleName: role.name, ...inlineView(role, PolicyName) }
  },
})

export const deleteUserPolicy = operation<DeleteUserPolicyCommandInput, DeleteUserPolicyCommandOutput>(
  'iam',
  'DeleteUserPolicy',
  {
    needs: ({ UserName }, call) => [onUser(call, 'DeleteUserPolicy', UserName)],
    perform: ({ UserName, PolicyName }, { call, world: { store } }) =>
      remove(store, requireEntity(store, 'user', call.account, UserName), PolicyName),
  },
)

export const deleteGroupPolicy = operation<DeleteGroupPolicyCommandInput, DeleteGroupPolicyCommandOutput>(
  'iam',
  'DeleteGroupPolicy',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'DeleteGroupPolicy', 'group', GroupName)],
    perform: ({ GroupName, PolicyName }, { call, world: { store } }) =>
      remove(store, requireEntity(store, 'group', call.account, GroupName), PolicyName),
  },
)

export const deleteRolePolicy = operation<DeleteRolePolicyCommandInput, DeleteRolePolicyCommandOutput>(
  'iam',
  'DeleteRolePolicy',
  {
    needs: ({ RoleName }, call) => [onRole(call, 'DeleteRolePolicy', RoleName)],
    perform: ({ RoleName, PolicyName }, { call, world: { store } }) =>
      remove(store, requireOwnRole(store, call.account, RoleName), PolicyName),
  },
)

export const listUserPolicies = operation<ListUserPoliciesCommandInput, ListUserPoliciesCommandOutput>(
  'iam',
  'ListUserPolicies',
  {
    needs: ({ UserName }, call) => [onUser(call, 'ListUserPolicies', UserName)],
    perform: ({ UserName, ...paging }, { call, world: { store } }) =>
      names(requireEntity(store, 'user', call.account, UserName), paging),
  },
)

export const listGroupPolicies = operation<ListGroupPoliciesCommandInput, ListGroupPoliciesCommandOutput>(
  'iam',
  'ListGroupPolicies',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'ListGroupPolicies', 'group', GroupName)],
    perform: ({ GroupName, ...paging }, { call, world: { store } }) =>
      names(requireEntity(store, 'group', call.account, GroupName), paging),
  },
)

export const listRolePolicies = operation<ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput>(
  'iam',
  'ListRolePolicies',
  {
    needs: ({ RoleName }, call) => [onRole(call, 'ListRolePolicies', RoleName)],
    perform: ({ RoleName, ...paging }, { call, world: { store } }) =>
      names(requireEntity(store, 'role', call.account, RoleName), paging),
  },
)

function put(store: Store, entity: Entity, name: string, text: string): Record<string, never> {
  checkPolicy(text, 'identity')
  const replaced = findInline(entity, name)
  const inline = [...entity.inline.filter((policy) => policy !== replaced), { name: replaced?.name ?? name, text }]
  const size = inline.reduce((sum, policy) => sum + policySize(policy.text), 0)
  const limit = INLINE_SIZE[entity.type]
  if (size > limit) {
    throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${entity.type} ${entity.name}`)
  }
  saveEntity(store, { ...entity, inline: inline.toSorted((a, b) => (a.name < b.name ? -1 : 1)) })
  return {}
}

function remove(store: Store, entity: Entity, name: string): Record<string, never> {
  const gone = requireInline(entity, name)
  saveEntity(store, { ...entity, inline: entity.inline.filter((policy) => policy !== gone) })
  return {}
}

function inlineView(entity: Entity, name: string): { PolicyName: string; PolicyDocument: string } {
  return { PolicyName: name, PolicyDocument: encodePolicy(requireInline(entity, name).text) }
}

/**
 * Names of inline policies are blind to case; they keep the one in which they were first put, and answers say the name as
 * it was asked for (observed: radkawar/stackd, testdata/aws/iam/policy_management.json).
 */
function findInline({ inline }: Entity, name: string) {
  return inline.find((policy) => policy.name.toLowerCase() === name.toLowerCase())
}

function requireInline(entity: Entity, name: string) {
  const policy = findInline(entity, name)
  if (!policy) throw noSuchEntity(`The ${entity.type} policy with name ${name} cannot be found.`)
  return policy
}

function names(entity: Entity, paging: Paging) {
  const { items, ...rest } = page(entity.inline, ({ name }) => name, paging)
  return { PolicyNames: items.map(({ name }) => name), ...rest }
}
