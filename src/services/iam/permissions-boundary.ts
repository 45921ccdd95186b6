import type {
  DeleteRolePermissionsBoundaryCommandInput,
  DeleteRolePermissionsBoundaryCommandOutput,
  DeleteUserPermissionsBoundaryCommandInput,
  DeleteUserPermissionsBoundaryCommandOutput,
  PutRolePermissionsBoundaryCommandInput,
  PutRolePermissionsBoundaryCommandOutput,
  PutUserPermissionsBoundaryCommandInput,
  PutUserPermissionsBoundaryCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { type Entity, invalidInput, noSuchEntity, requireEntity, saveEntity } from './entities.ts'
import { onRole, onUser } from './needs.ts'
import { isAttachable, isPolicyArn } from './policies.ts'
import { requireOwnRole } from './protected-roles.ts'

/**
 * Setting a boundary, iam:PermissionsBoundary is the new one; taking it away, the one that is there
 * (IAM User Guide, "Permissions boundaries for IAM entities").
 */
export const putUserPermissionsBoundary = operation<
  PutUserPermissionsBoundaryCommandInput,
  PutUserPermissionsBoundaryCommandOutput
>('iam', 'PutUserPermissionsBoundary', {
  needs: ({ UserName, PermissionsBoundary }, call) => [
    onUser(call, 'PutUserPermissionsBoundary', UserName, { 'iam:PermissionsBoundary': PermissionsBoundary }),
  ],
  perform: ({ UserName, PermissionsBoundary }, { call, world: { store } }) =>
    put(store, requireEntity(store, 'user', call.account, UserName), PermissionsBoundary),
})

export const putRolePermissionsBoundary = operation<
  PutRolePermissionsBoundaryCommandInput,
  PutRolePermissionsBoundaryCommandOutput
>('iam', 'PutRolePermissionsBoundary', {
  needs: ({ RoleName, PermissionsBoundary }, call) => [
    onRole(call, 'PutRolePermissionsBoundary', RoleName, { 'iam:PermissionsBoundary': PermissionsBoundary }),
  ],
  perform: ({ RoleName, PermissionsBoundary }, { call, world: { store } }) =>
    put(store, requireOwnRole(store, call.account, RoleName), PermissionsBoundary),
})

export const deleteUserPermissionsBoundary = operation<
  DeleteUserPermissionsBoundaryCommandInput,
  DeleteUserPermissionsBoundaryCommandOutput
>('iam', 'DeleteUserPermissionsBoundary', {
  needs: ({ UserName }, call) => [onUser(call, 'DeleteUserPermissionsBoundary', UserName)],
  perform: ({ UserName }, { call, world: { store } }) =>
    remove(store, requireEntity(store, 'user', call.account, UserName)),
})

export const deleteRolePermissionsBoundary = operation<
  DeleteRolePermissionsBoundaryCommandInput,
  DeleteRolePermissionsBoundaryCommandOutput
>('iam', 'DeleteRolePermissionsBoundary', {
  needs: ({ RoleName }, call) => [onRole(call, 'DeleteRolePermissionsBoundary', RoleName)],
  perform: ({ RoleName }, { call, world: { store } }) => remove(store, requireOwnRole(store, call.account, RoleName)),
})

/** A boundary must be a managed policy of the account, or AWS's. */
export function checkBoundary(store: Store, account: string, arn: string): void {
  if (!isPolicyArn(arn)) throw invalidInput(`ARN ${arn} is not valid.`)
  if (!isAttachable(store, account, arn)) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
  }
}

function put(store: Store, entity: Entity, boundary: string): Record<string, never> {
  checkBoundary(store, entity.account, boundary)
  saveEntity(store, { ...entity, boundary })
  return {}
}

/** Without a boundary it is an error (observed: radkawar/stackd, testdata/aws/iam/policy_management.json). */
function remove(store: Store, { boundary, ...entity }: Entity): Record<string, never> {
  // inferred: the sentence.
  if (boundary === undefined) throw noSuchEntity(`The ${entity.type} ${entity.name} has no permissions boundary.`)
  saveEntity(store, entity)
  return {}
}
