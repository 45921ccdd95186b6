import type { UpdateUserCommandInput, UpdateUserCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import {
  ACCESS_KEYS,
  type AccessKey,
  alreadyExists,
  deleteEntity,
  findEntity,
  iamArn,
  requireEntity,
  saveEntity,
  type User,
} from './entities.ts'
import { onUser } from './needs.ts'

/** Renames or moves a user: the right to do so is needed on both, the user as it is and as it will be. */
export const updateUser = operation<UpdateUserCommandInput, UpdateUserCommandOutput>('iam', 'UpdateUser', {
  needs: ({ UserName, NewUserName, NewPath }, call) => {
    const user = findEntity(call.world.store, 'user', call.account, UserName)
    const target = iamArn(call.account, 'user', NewPath ?? user?.path ?? '/', NewUserName ?? user?.name ?? UserName)
    const source = onUser(call, 'UpdateUser', UserName)
    return target === source.resource ? [source] : [source, need('iam:UpdateUser', target)]
  },
  perform: ({ UserName, NewUserName, NewPath }, { call, world: { store } }) => {
    const user = requireEntity(store, 'user', call.account, UserName)
    const name = NewUserName ?? user.name
    const path = NewPath ?? user.path
    const other = findEntity(store, 'user', call.account, name)
    if (other && other.id !== user.id) throw alreadyExists(`User with name ${name} already exists.`)
    store.transaction(() => {
      deleteEntity(store, user)
      saveEntity(store, { ...user, name, path, arn: iamArn(call.account, 'user', path, name) } satisfies User)
      for (const id of user.accessKeys) {
        const key = store.get<AccessKey>(ACCESS_KEYS, id)
        if (key) store.put<AccessKey>(ACCESS_KEYS, id, { ...key, userName: name })
      }
    })
    return {}
  },
})
