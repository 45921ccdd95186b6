import type { GetUserCommandInput, GetUserCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import { userNameOrCaller } from './caller-name.ts'
import { requireEntity } from './entities.ts'
import { onUser } from './needs.ts'
import { boundaryAndTags, userView } from './views.ts'

export const getUser = operation<GetUserCommandInput, GetUserCommandOutput>('iam', 'GetUser', {
  needs: ({ UserName }, call) => {
    const name = userNameOrCaller(call, UserName)
    return [name === undefined ? need('iam:GetUser', call.caller.arn) : onUser(call, 'GetUser', name)]
  },
  perform: ({ UserName }, { call, world }) => {
    const name = userNameOrCaller(call, UserName)
    if (name === undefined) return { User: rootUser(call.account) }
    const user = requireEntity(world.store, 'user', call.account, name)
    return { User: { ...userView(user), ...boundaryAndTags(user) } }
  },
})

/** Root has no user name; AWS leaves it out although the model wants it. */
function rootUser(account: string) {
  return {
    Path: '/',
    UserName: '',
    UserId: account,
    Arn: `arn:aws:iam::${account}:root`,
    CreateDate: 0,
  }
}
