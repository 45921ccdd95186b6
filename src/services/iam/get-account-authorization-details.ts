import type {
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput,
} from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { type Entity, findEntity, type Group, kindOf, POLICIES, type Policy, type Role, type User } from './entities.ts'
import { profilesOfRole, profileView } from './instance-profile.ts'
import { page } from './page.ts'
import { attachmentsOf, isAwsManaged, requirePolicyView } from './policies.ts'
import { encodePolicy } from './policy-text.ts'
import { boundaryAndTags, groupView, policyView, roleLastUsed, roleView, userView } from './views.ts'

type Item =
  | { key: string; type: 'User'; entity: User }
  | { key: string; type: 'Role'; entity: Role }
  | { key: string; type: 'Group'; entity: Group }
  | { key: string; type: 'Policy'; arn: string }

/**
 * All users, roles, groups and managed policies of the account, in this order, as one long list that is given in pages. Of
 * AWS's own policies only those that somebody uses. Which members are there and which are not is as AWS answers.
 */
export const getAccountAuthorizationDetails = operation<
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput
>('iam', 'GetAccountAuthorizationDetails', {
  needs: () => [need('iam:GetAccountAuthorizationDetails', '*')],
  perform: ({ Filter = [], ...paging }, { call: { account }, world: { store } }) => {
    const wanted = new Set<string>(Filter)
    const all = [...entities(store, account), ...policies(store, account)].filter(
      (item) => wanted.size === 0 || wanted.has(filterOf(item)),
    )
    const { items, ...rest } = page(all, ({ key }) => key, paging)
    return {
      UserDetailList: items.flatMap((item) => (item.type === 'User' ? userDetail(store, item.entity) : [])),
      GroupDetailList: items.flatMap((item) => (item.type === 'Group' ? groupDetail(item.entity) : [])),
      RoleDetailList: items.flatMap((item) => (item.type === 'Role' ? roleDetail(store, item.entity) : [])),
      Policies: items.flatMap((item) => (item.type === 'Policy' ? policyDetail(store, account, item.arn) : [])),
      ...rest,
    }
  },
})

function filterOf(item: Item): string {
  if (item.type !== 'Policy') return item.type
  return isAwsManaged(item.arn) ? 'AWSManagedPolicy' : 'LocalManagedPolicy'
}

/** Keys begin with a number, so that markers keep the order of the kinds. */
function entities(store: Store, account: string): Item[] {
  const listed = <T extends Entity>(kind: T['type']) =>
    store.list<T>(kindOf(kind), { prefix: `${account}/` }).map(({ key, value }) => ({ key, entity: value }))
  return [
    ...listed<User>('user').map(({ key, entity }): Item => ({ key: `1${key}`, type: 'User', entity })),
    ...listed<Role>('role').map(({ key, entity }): Item => ({ key: `2${key}`, type: 'Role', entity })),
    ...listed<Group>('group').map(({ key, entity }): Item => ({ key: `3${key}`, type: 'Group', entity })),
  ]
}

function policies(store: Store, account: string): Item[] {
  const { attached, boundaries } = attachmentsOf(store, account)
  const used = [...attached.keys(), ...boundaries.keys()].filter(isAwsManaged)
  const own = store.list<Policy>(POLICIES, { prefix: `${account}/` }).map(({ value }) => value.arn)
  return [...own.toSorted(), ...[...new Set(used)].toSorted()].map((arn) => ({
    key: `${isAwsManaged(arn) ? 5 : 4}${arn}`,
    type: 'Policy',
    arn,
  }))
}

function userDetail(store: Store, user: User) {
  const groups = user.groups.flatMap((name) => findEntity(store, 'group', user.account, name)?.name ?? [])
  return {
    ...userView(user),
    ...(user.inline.length > 0 && { UserPolicyList: inlineList(user) }),
    GroupList: groups,
    AttachedManagedPolicies: attachedList(user),
    ...boundaryAndTags(user),
    Tags: [...user.tags],
  }
}

function groupDetail(group: Group) {
  return { ...groupView(group), GroupPolicyList: inlineList(group), AttachedManagedPolicies: attachedList(group) }
}

function roleDetail(store: Store, role: Role) {
  return {
    ...roleView(store, role),
    InstanceProfileList: profilesOfRole(store, role).map((profile) => profileView(store, profile)),
    RolePolicyList: inlineList(role),
    AttachedManagedPolicies: attachedList(role),
    ...boundaryAndTags(role),
    Tags: [...role.tags],
    RoleLastUsed: roleLastUsed(store, role),
  }
}

/**
 * Versions newest first, with their documents. Of AWS's own policies only the one in force: some have had two hundred,
 * of a hundred kilobytes each (inferred); GetPolicyVersion has them all.
 */
function policyDetail(store: Store, account: string, arn: string) {
  const policy = requirePolicyView(store, arn)
  const versions = policy.versions.filter(({ id }) => !isAwsManaged(arn) || id === policy.defaultVersionId)
  return {
    ...policyView(store, account, policy),
    PolicyVersionList: versions.toReversed().map(({ id, createDate, text }) => ({
      Document: encodePolicy(text()),
      VersionId: id,
      IsDefaultVersion: id === policy.defaultVersionId,
      CreateDate: createDate,
    })),
  }
}

function inlineList({ inline }: Entity) {
  return inline.map(({ name, text }) => ({ PolicyName: name, PolicyDocument: encodePolicy(text) }))
}

function attachedList({ attached }: Entity) {
  return attached.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }))
}
