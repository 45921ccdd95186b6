import type {
  AttachGroupPolicyCommandInput,
  AttachGroupPolicyCommandOutput,
  AttachRolePolicyCommandInput,
  AttachRolePolicyCommandOutput,
  AttachUserPolicyCommandInput,
  AttachUserPolicyCommandOutput,
  DetachGroupPolicyCommandInput,
  DetachGroupPolicyCommandOutput,
  DetachRolePolicyCommandInput,
  DetachRolePolicyCommandOutput,
  DetachUserPolicyCommandInput,
  DetachUserPolicyCommandOutput,
  ListAttachedGroupPoliciesCommandInput,
  ListAttachedGroupPoliciesCommandOutput,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
  ListAttachedUserPoliciesCommandInput,
  ListAttachedUserPoliciesCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { type Entity, noSuchEntity, requireEntity, saveEntity, validationError } from './entities.ts'
import { onEntity, onRole, onUser } from './needs.ts'
import { page, type Paging } from './page.ts'
import { isAttachable, isPolicyArn, isServiceRolePolicy } from './policies.ts'
import { requireOwnRole } from './protected-roles.ts'
import { requireRoom } from './quotas.ts'

/** Managed policies on users, groups and roles: the same three deeds on each. */

const quotaOf = { user: 'PoliciesPerUser', group: 'PoliciesPerGroup', role: 'PoliciesPerRole' } as const

export const attachUserPolicy = operation<AttachUserPolicyCommandInput, AttachUserPolicyCommandOutput>(
  'iam',
  'AttachUserPolicy',
  {
    needs: ({ UserName, PolicyArn }, call) => [
      onUser(call, 'AttachUserPolicy', UserName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ UserName, PolicyArn }, { call, world: { store } }) =>
      attach(store, requireEntity(store, 'user', call.account, UserName), PolicyArn),
  },
)

export const attachGroupPolicy = operation<AttachGroupPolicyCommandInput, AttachGroupPolicyCommandOutput>(
  'iam',
  'AttachGroupPolicy',
  {
    needs: ({ GroupName, PolicyArn }, call) => [
      onEntity(call, 'AttachGroupPolicy', 'group', GroupName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ GroupName, PolicyArn }, { call, world: { store } }) =>
      attach(store, requireEntity(store, 'group', call.account, GroupName), PolicyArn),
  },
)

export const attachRolePolicy = operation<AttachRolePolicyCommandInput, AttachRolePolicyCommandOutput>(
  'iam',
  'AttachRolePolicy',
  {
    needs: ({ RoleName, PolicyArn }, call) => [
      onRole(call, 'AttachRolePolicy', RoleName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ RoleName, PolicyArn }, { call, world: { store } }) =>
      attach(store, requireOwnRole(store, call.account, RoleName), PolicyArn),
  },
)

export const detachUserPolicy = operation<DetachUserPolicyCommandInput, DetachUserPolicyCommandOutput>(
  'iam',
  'DetachUserPolicy',
  {
    needs: ({ UserName, PolicyArn }, call) => [
      onUser(call, 'DetachUserPolicy', UserName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ UserName, PolicyArn }, { call, world: { store } }) =>
      detach(store, requireEntity(store, 'user', call.account, UserName), PolicyArn),
  },
)

export const detachGroupPolicy = operation<DetachGroupPolicyCommandInput, DetachGroupPolicyCommandOutput>(
  'iam',
  'DetachGroupPolicy',
  {
    needs: ({ GroupName, PolicyArn }, call) => [
      onEntity(call, 'DetachGroupPolicy', 'group', GroupName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ GroupName, PolicyArn }, { call, world: { store } }) =>
      detach(store, requireEntity(store, 'group', call.account, GroupName), PolicyArn),
  },
)

export const detachRolePolicy = operation<DetachRolePolicyCommandInput, DetachRolePolicyCommandOutput>(
  'iam',
  'DetachRolePolicy',
  {
    needs: ({ RoleName, PolicyArn }, call) => [
      onRole(call, 'DetachRolePolicy', RoleName, { 'iam:PolicyARN': PolicyArn }),
    ],
    perform: ({ RoleName, PolicyArn }, { call, world: { store } }) =>
      detach(store, requireOwnRole(store, call.account, RoleName), PolicyArn),
  },
)

export const listAttachedUserPolicies = operation<
  ListAttachedUserPoliciesCommandInput,
  ListAttachedUserPoliciesCommandOutput
>('iam', 'ListAttachedUserPolicies', {
  needs: ({ UserName }, call) => [onUser(call, 'ListAttachedUserPolicies', UserName)],
  perform: ({ UserName, ...paging }, { call, world: { store } }) =>
    attachedPage(requireEntity(store, 'user', call.account, UserName), paging),
})

export const listAttachedGroupPolicies = operation<
  ListAttachedGroupPoliciesCommandInput,
  ListAttachedGroupPoliciesCommandOutput
>('iam', 'ListAttachedGroupPolicies', {
  needs: ({ GroupName }, call) => [onEntity(call, 'ListAttachedGroupPolicies', 'group', GroupName)],
  perform: ({ GroupName, ...paging }, { call, world: { store } }) =>
    attachedPage(requireEntity(store, 'group', call.account, GroupName), paging),
})

export const listAttachedRolePolicies = operation<
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput
>('iam', 'ListAttachedRolePolicies', {
  needs: ({ RoleName }, call) => [onRole(call, 'ListAttachedRolePolicies', RoleName)],
  perform: ({ RoleName, ...paging }, { call, world: { store } }) =>
    attachedPage(requireEntity(store, 'role', call.account, RoleName), paging),
})

/** Attaching what is attached already changes nothing. */
function attach(store: Store, entity: Entity, arn: string): Record<string, never> {
  checkArn(arn)
  if (isServiceRolePolicy(arn)) {
    throw new AwsError('PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.')
  }
  if (!isAttachable(store, entity.account, arn)) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  }
  if (entity.attached.includes(arn)) return {}
  requireRoom(quotaOf[entity.type], entity.attached.length)
  saveEntity(store, { ...entity, attached: [...entity.attached, arn] })
  return {}
}

function detach(store: Store, entity: Entity, arn: string): Record<string, never> {
  checkArn(arn)
  if (!entity.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`)
  saveEntity(store, { ...entity, attached: entity.attached.filter((other) => other !== arn) })
  return {}
}

function checkArn(arn: string): void {
  if (!isPolicyArn(arn)) throw validationError(`ARN ${arn} is not valid.`)
}

function attachedPage(entity: Entity, { PathPrefix = '/', ...paging }: Paging & { PathPrefix?: string }) {
  const policies = entity.attached
    .map((arn) => ({ arn, ...nameAndPath(arn) }))
    .filter(({ path }) => path.startsWith(PathPrefix))
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  const { items, ...rest } = page(policies, ({ arn }) => arn, paging)
  return { AttachedPolicies: items.map(({ name, arn }) => ({ PolicyName: name, PolicyArn: arn })), ...rest }
}

function nameAndPath(arn: string): { name: string; path: string } {
  const resource = arn.slice(arn.indexOf(':policy/') + ':policy'.length)
  const nameAt = resource.lastIndexOf('/') + 1
  return { name: resource.slice(nameAt), path: resource.slice(0, nameAt) }
}
