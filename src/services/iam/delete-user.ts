import type { DeleteUserCommandInput, DeleteUserCommandOutput } from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { deleteConflict, deleteEntity, requireEntity, type User } from './entities.ts'
import { findLoginProfile } from './login-profiles.ts'
import { mfaDevicesOf } from './mfa-devices.ts'
import { onUser } from './needs.ts'
import { listOwned } from './owner.ts'
import { SERVICE_SPECIFIC_CREDENTIALS } from './service-specific-credentials.ts'
import { signingCertificatesOf } from './signing-certificates.ts'
import { SSH_PUBLIC_KEYS } from './ssh-public-keys.ts'

/** A user goes only when nothing hangs on it any more. */
export const deleteUser = operation<DeleteUserCommandInput, DeleteUserCommandOutput>('iam', 'DeleteUser', {
  needs: ({ UserName }, call) => [onUser(call, 'DeleteUser', UserName)],
  perform: ({ UserName }, { call, world: { store } }) => {
    const user = requireEntity(store, 'user', call.account, UserName)
    const [, first] = whatHangsOn(store, user).find(([there]) => there) ?? []
    if (first !== undefined) throw deleteConflict(`Cannot delete entity, must ${first} first.`)
    deleteEntity(store, user)
    return {}
  },
})

/** In AWS's words (each of them seen live). inferred: their order. */
function whatHangsOn(store: Store, user: User): [there: boolean, first: string][] {
  const { account, id } = user
  const owned = (kind: string) => listOwned(store, kind, user).length > 0
  return [
    [user.groups.length > 0, 'remove users from group'],
    [user.attached.length > 0, 'detach all policies'],
    [user.inline.length > 0, 'delete policies'],
    [findLoginProfile(store, user) !== undefined, 'delete login profile'],
    [user.accessKeys.length > 0, 'delete access keys'],
    [signingCertificatesOf(store, user).length > 0, 'delete certificates'],
    [mfaDevicesOf(store, account, id).length > 0, 'delete MFA device'],
    [owned(SSH_PUBLIC_KEYS) || owned(SERVICE_SPECIFIC_CREDENTIALS), 'remove referenced objects'],
  ]
}
