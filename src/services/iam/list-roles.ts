import type { ListRolesCommandInput, ListRolesCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { kindOf, type Role } from './entities.ts'
import { onPath } from './needs.ts'
import { storedPage } from './page.ts'
import { roleDetails, roleView } from './views.ts'

export const listRoles = operation<ListRolesCommandInput, ListRolesCommandOutput>('iam', 'ListRoles', {
  needs: ({ PathPrefix }, call) => [onPath(call, 'ListRoles', 'role', PathPrefix)],
  perform: (input, { call, world: { store } }) => {
    const { items, ...rest } = storedPage<Role>(store, kindOf('role'), call.account, input)
    return { Roles: items.map((role) => ({ ...roleView(store, role), ...roleDetails(role) })), ...rest }
  },
})
