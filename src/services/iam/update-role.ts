import type {
  UpdateRoleCommandInput,
  UpdateRoleCommandOutput,
  UpdateRoleDescriptionCommandInput,
  UpdateRoleDescriptionCommandOutput,
} from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { type Role, saveEntity } from './entities.ts'
import { onRole } from './needs.ts'
import { requireOwnRole, requireRoleToLabel } from './protected-roles.ts'
import { roleView } from './views.ts'

/** Description and longest session. A member that is left out stays as it is; new durations bind new sessions only. */
export const updateRole = operation<UpdateRoleCommandInput, UpdateRoleCommandOutput>('iam', 'UpdateRole', {
  needs: ({ RoleName }, call) => [onRole(call, 'UpdateRole', RoleName)],
  perform: ({ RoleName, Description, MaxSessionDuration }, { call, world: { store } }) => {
    const required = MaxSessionDuration === undefined ? requireRoleToLabel : requireOwnRole
    const role = required(store, call.account, RoleName)
    const updated: Role = {
      ...role,
      ...(Description !== undefined && { description: Description }),
      ...(MaxSessionDuration !== undefined && { maxSessionDuration: MaxSessionDuration }),
    }
    saveEntity(store, updated)
    return {}
  },
})

export const updateRoleDescription = operation<UpdateRoleDescriptionCommandInput, UpdateRoleDescriptionCommandOutput>(
  'iam',
  'UpdateRoleDescription',
  {
    needs: ({ RoleName }, call) => [onRole(call, 'UpdateRoleDescription', RoleName)],
    perform: ({ RoleName, Description }, { call, world: { store } }) => {
      const role: Role = { ...requireRoleToLabel(store, call.account, RoleName), description: Description }
      saveEntity(store, role)
      return { Role: { ...roleView(store, role), Description } }
    },
  },
)
