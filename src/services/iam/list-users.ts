import type { ListUsersCommandInput, ListUsersCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { kindOf, type User } from './entities.ts'
import { onPath } from './needs.ts'
import { storedPage } from './page.ts'
import { userView } from './views.ts'

export const listUsers = operation<ListUsersCommandInput, ListUsersCommandOutput>('iam', 'ListUsers', {
  needs: ({ PathPrefix }, call) => [onPath(call, 'ListUsers', 'user', PathPrefix)],
  perform: (input, { call, world }) => {
    const { items, ...rest } = storedPage<User>(world.store, kindOf('user'), call.account, input)
    return { Users: items.map(userView), ...rest }
  },
})
