import type { GetRoleCommandInput, GetRoleCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { requireEntity } from './entities.ts'
import { onRole } from './needs.ts'
import { boundaryAndTags, roleDetails, roleLastUsed, roleView } from './views.ts'

export const getRole = operation<GetRoleCommandInput, GetRoleCommandOutput>('iam', 'GetRole', {
  needs: ({ RoleName }, call) => [onRole(call, 'GetRole', RoleName)],
  perform: ({ RoleName }, { call, world: { store } }) => {
    const role = requireEntity(store, 'role', call.account, RoleName)
    return {
      Role: {
        ...roleView(store, role),
        ...roleDetails(role),
        ...boundaryAndTags(role),
        RoleLastUsed: roleLastUsed(store, role),
      },
    }
  },
})
