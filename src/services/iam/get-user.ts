import type { GetUserCommandInput, GetUserCommandOutput } from '@aws-sdk/client-iam'
import { type Caller, need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { userNameOrCaller } from './caller-name.ts'
import { ACCESS_KEYS, type AccessKey, requireEntity } from './entities.ts'
import { onUser } from './needs.ts'
import { boundaryAndTags, userView } from './views.ts'

export const getUser = operation<GetUserCommandInput, GetUserCommandOutput>('iam', 'GetUser', {
  needs: ({ UserName }, call) => {
    const name = userNameOrCaller(call, UserName)
    return [name === undefined ? need('iam:GetUser', call.caller.arn) : onUser(call, 'GetUser', name)]
  },
  perform: ({ UserName }, { call, world }) => {
    const name = userNameOrCaller(call, UserName)
    if (name === undefined) return { User: rootUser(world.store, call.caller) }
    const user = requireEntity(world.store, 'user', call.account, name)
    return { User: { ...userView(user), ...boundaryAndTags(user) } }
  },
})

/**
 * Root has no user name; AWS leaves it out although the model wants it.
 * inferred: AWS gives the day on which the account was opened, we that of the key in use.
 */
function rootUser(store: Store, { account, arn, accessKeyId = '' }: Caller) {
  const key = store.get<AccessKey>(ACCESS_KEYS, accessKeyId)
  return { Path: '/', UserName: '', UserId: account, Arn: arn, CreateDate: key?.createDate ?? 0 }
}
