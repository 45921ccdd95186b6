import type { DeleteUserCommandInput, DeleteUserCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { deleteConflict, deleteEntity, requireEntity } from './entities.ts'
import { onUser } from './needs.ts'

/** A user goes only when nothing hangs on it any more. */
export const deleteUser = operation<DeleteUserCommandInput, DeleteUserCommandOutput>('iam', 'DeleteUser', {
  needs: ({ UserName }, call) => [onUser(call, 'DeleteUser', UserName)],
  perform: ({ UserName }, { call, world: { store } }) => {
    const user = requireEntity(store, 'user', call.account, UserName)
    if (user.groups.length) throw deleteConflict('Cannot delete entity, must remove users from group first.')
    if (user.accessKeys.length) throw deleteConflict('Cannot delete entity, must delete access keys first.')
    if (user.attached.length) throw deleteConflict('Cannot delete entity, must detach all policies first.')
    if (user.inline.length) throw deleteConflict('Cannot delete entity, must delete policies first.')
    deleteEntity(store, user)
    return {}
  },
})
