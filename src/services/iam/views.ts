import type { Store } from '../../store/store.ts'
import { shownText } from './bound-principals.ts'
import type { Entity, Group, Role, User } from './entities.ts'
import { keyUse, roleUse } from './last-used.ts'
import { encodePolicy } from './policy-text.ts'
import { attachmentsOf, type ManagedPolicyView } from './policies.ts'

/** How the answers of IAM describe things. Lists leave tags, boundaries and last use out, as AWS does. */

export function userView(user: User) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: user.createDate,
  }
}

export function groupView(group: Group) {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: group.createDate,
  }
}

export function roleView(store: Store, role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodePolicy(shownText(store, role.trust)),
  }
}

/** What GetRole and ListRoles add, and CreateRole does not (captured). */
export function roleDetails({ description, maxSessionDuration }: Role) {
  return {
    ...(description !== undefined && { Description: description }),
    MaxSessionDuration: maxSessionDuration,
  }
}

/** What only Get… and Create… add. */
export function boundaryAndTags({ boundary, tags }: Pick<Entity, 'boundary' | 'tags'>) {
  return {
    ...(boundary !== undefined && {
      PermissionsBoundary: {
        // AWS answers `Policy`, although its model has another word.
        PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy',
        PermissionsBoundaryArn: boundary,
      },
    }),
    ...(tags.length > 0 && { Tags: [...tags] }),
  }
}

export function roleLastUsed(store: Store, role: Role) {
  const use = roleUse(store, role)
  return use ? { LastUsedDate: use.time, Region: use.region } : {}
}

export function accessKeyLastUsed(store: Store, accessKeyId: string) {
  const use = keyUse(store, accessKeyId)
  return use
    ? { LastUsedDate: use.time, ServiceName: use.service, Region: use.region }
    : { ServiceName: 'N/A', Region: 'N/A' }
}

/** As lists show a managed policy; GetPolicy and CreatePolicy add `Description` and `Tags`. */
export function policyView(store: Store, account: string, policy: ManagedPolicyView) {
  const { attached, boundaries } = attachmentsOf(store, account)
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attached.get(policy.arn)?.length ?? 0,
    PermissionsBoundaryUsageCount: boundaries.get(policy.arn)?.length ?? 0,
    IsAttachable: true,
    CreateDate: policy.createDate,
    UpdateDate: policy.updateDate,
  }
}
