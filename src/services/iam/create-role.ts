import type { CreateRoleCommandInput, CreateRoleCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { alreadyExists, findEntity, iamArn, kindOf, type Role, saveEntity } from './entities.ts'
import { uniqueId } from './ids.ts'
import { toCreate } from './needs.ts'
import { checkBoundary } from './permissions-boundary.ts'
import { policySize } from '../../policy/parse.ts'
import { refuseReservedPath } from './protected-roles.ts'
import { requireRoom, requireWithin } from './quotas.ts'
import { checkTags } from './tags.ts'
import { bindTrust } from './trust.ts'
import { boundaryAndTags, roleView } from './views.ts'

export const createRole = operation<CreateRoleCommandInput, CreateRoleCommandOutput>('iam', 'CreateRole', {
  needs: ({ RoleName, Path, Tags, PermissionsBoundary }, call) =>
    toCreate(call, 'CreateRole', 'role', {
      name: RoleName,
      path: Path,
      tags: Tags,
      context: PermissionsBoundary ? { 'iam:PermissionsBoundary': PermissionsBoundary } : {},
    }),
  perform: (input, { call, world }) => {
    const { RoleName: name, Path: path = '/', Description: description, PermissionsBoundary: boundary } = input
    const { account } = call
    const { store } = world
    refuseReservedPath({ name, path })
    checkTrustSize(input.AssumeRolePolicyDocument)
    const trust = bindTrust(store, input.AssumeRolePolicyDocument)
    if (findEntity(store, 'role', account, name)) throw alreadyExists(`Role with name ${name} already exists.`)
    if (boundary !== undefined) checkBoundary(store, account, boundary)
    requireRoom('RolesPerAccount', store.count(kindOf('role'), `${account}/`))
    const role: Role = {
      type: 'role',
      account,
      name,
      path,
      id: uniqueId(world, 'AROA'),
      arn: iamArn(account, 'role', path, name),
      createDate: Math.floor(call.time / 1000),
      tags: checkTags(input.Tags),
      inline: [],
      attached: [],
      maxSessionDuration: input.MaxSessionDuration ?? 3600,
      trust,
      ...(description !== undefined && { description }),
      ...(boundary !== undefined && { boundary }),
    }
    saveEntity(store, role)
    return { Role: { ...roleView(store, role), ...boundaryAndTags(role) } }
  },
})

export function checkTrustSize(text: string): void {
  requireWithin('ACLSizePerRole', policySize(text))
}
