import type { UpdateAssumeRolePolicyCommandInput, UpdateAssumeRolePolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { checkTrustSize } from './create-role.ts'
import { type Role, saveEntity } from './entities.ts'
import { onRole } from './needs.ts'
import { requireOwnRole } from './protected-roles.ts'
import { bindTrust } from './trust.ts'

export const updateAssumeRolePolicy = operation<
  UpdateAssumeRolePolicyCommandInput,
  UpdateAssumeRolePolicyCommandOutput
>('iam', 'UpdateAssumeRolePolicy', {
  needs: ({ RoleName }, call) => [onRole(call, 'UpdateAssumeRolePolicy', RoleName)],
  perform: ({ RoleName, PolicyDocument }, { call, world: { store } }) => {
    const role = requireOwnRole(store, call.account, RoleName)
    checkTrustSize(PolicyDocument)
    const updated: Role = { ...role, trust: bindTrust(store, PolicyDocument) }
    saveEntity(store, updated)
    return {}
  },
})
