import type { CreateUserCommandInput, CreateUserCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { checkBoundary } from './permissions-boundary.ts'
import { alreadyExists, findEntity, iamArn, kindOf, saveEntity, type User } from './entities.ts'
import { uniqueId } from './ids.ts'
import { toCreate } from './needs.ts'
import { requireRoom } from './quotas.ts'
import { checkTags } from './tags.ts'
import { boundaryAndTags, userView } from './views.ts'

export const createUser = operation<CreateUserCommandInput, CreateUserCommandOutput>('iam', 'CreateUser', {
  needs: ({ UserName, Path, Tags, PermissionsBoundary }, call) =>
    toCreate(call, 'CreateUser', 'user', {
      name: UserName,
      path: Path,
      tags: Tags,
      context: PermissionsBoundary ? { 'iam:PermissionsBoundary': PermissionsBoundary } : {},
    }),
  perform: ({ UserName: name, Path: path = '/', Tags, PermissionsBoundary: boundary }, { call, world }) => {
    const { account } = call
    if (findEntity(world.store, 'user', account, name)) throw alreadyExists(`User with name ${name} already exists.`)
    if (boundary !== undefined) checkBoundary(world.store, account, boundary)
    requireRoom('UsersPerAccount', world.store.count(kindOf('user'), `${account}/`))
    const user: User = {
      type: 'user',
      account,
      name,
      path,
      id: uniqueId(world, 'AIDA'),
      arn: iamArn(account, 'user', path, name),
      createDate: Math.floor(call.time / 1000),
      tags: checkTags(Tags),
      inline: [],
      attached: [],
      accessKeys: [],
      groups: [],
      ...(boundary !== undefined && { boundary }),
    }
    saveEntity(world.store, user)
    return { User: { ...userView(user), ...boundaryAndTags(user) } }
  },
})
