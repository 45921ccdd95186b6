import type { DeleteRoleCommandInput, DeleteRoleCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { deleteConflict, deleteEntity } from './entities.ts'
import { profilesOfRole } from './instance-profile.ts'
import { forgetUse } from './last-used.ts'
import { onRole } from './needs.ts'
import { requireOwnRole } from './protected-roles.ts'

/** A role goes only when nothing hangs on it any more; its sessions are dead from that moment. */
export const deleteRole = operation<DeleteRoleCommandInput, DeleteRoleCommandOutput>('iam', 'DeleteRole', {
  needs: ({ RoleName }, call) => [onRole(call, 'DeleteRole', RoleName)],
  perform: ({ RoleName }, { call, world: { store } }) => {
    const role = requireOwnRole(store, call.account, RoleName)
    if (profilesOfRole(store, role).length) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
    }
    if (role.attached.length) throw deleteConflict('Cannot delete entity, must detach all policies first.')
    if (role.inline.length) throw deleteConflict('Cannot delete entity, must delete policies first.')
    store.transaction(() => {
      deleteEntity(store, role)
      forgetUse(store, role.id)
    })
    return {}
  },
})
