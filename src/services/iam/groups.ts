import type {
  AddUserToGroupCommandInput,
  AddUserToGroupCommandOutput,
  CreateGroupCommandInput,
  CreateGroupCommandOutput,
  DeleteGroupCommandInput,
  DeleteGroupCommandOutput,
  GetGroupCommandInput,
  GetGroupCommandOutput,
  ListGroupsCommandInput,
  ListGroupsCommandOutput,
  ListGroupsForUserCommandInput,
  ListGroupsForUserCommandOutput,
  RemoveUserFromGroupCommandInput,
  RemoveUserFromGroupCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import {
  alreadyExists,
  deleteConflict,
  deleteEntity,
  findEntity,
  type Group,
  iamArn,
  kindOf,
  requireEntity,
  saveEntity,
  type User,
} from './entities.ts'
import { uniqueId } from './ids.ts'
import { onEntity, onPath, onUser, toCreate } from './needs.ts'
import { page, storedPage } from './page.ts'
import { requireRoom } from './quotas.ts'
import { groupView, userView } from './views.ts'

/** Groups lend their policies to the users in them. A user keeps the list of its groups. */

export const createGroup = operation<CreateGroupCommandInput, CreateGroupCommandOutput>('iam', 'CreateGroup', {
  needs: ({ GroupName, Path }, call) => toCreate(call, 'CreateGroup', 'group', { name: GroupName, path: Path }),
  perform: ({ GroupName: name, Path: path = '/' }, { call, world }) => {
    const { account } = call
    if (findEntity(world.store, 'group', account, name)) throw alreadyExists(`Group with name ${name} already exists.`)
    requireRoom('GroupsPerAccount', world.store.count(kindOf('group'), `${account}/`))
    const group: Group = {
      type: 'group',
      account,
      name,
      path,
      id: uniqueId(world, 'AGPA'),
      arn: iamArn(account, 'group', path, name),
      createDate: Math.floor(call.time / 1000),
      tags: [],
      inline: [],
      attached: [],
    }
    saveEntity(world.store, group)
    return { Group: groupView(group) }
  },
})

export const getGroup = operation<GetGroupCommandInput, GetGroupCommandOutput>('iam', 'GetGroup', {
  needs: ({ GroupName }, call) => [onEntity(call, 'GetGroup', 'group', GroupName)],
  perform: ({ GroupName, ...paging }, { call, world: { store } }) => {
    const group = requireEntity(store, 'group', call.account, GroupName)
    const { items, ...rest } = page(membersOf(store, group), ({ name }) => name.toLowerCase(), paging)
    return { Group: groupView(group), Users: items.map(userView), ...rest }
  },
})

export const listGroups = operation<ListGroupsCommandInput, ListGroupsCommandOutput>('iam', 'ListGroups', {
  needs: ({ PathPrefix }, call) => [onPath(call, 'ListGroups', 'group', PathPrefix)],
  perform: (input, { call, world: { store } }) => {
    const { items, ...rest } = storedPage<Group>(store, kindOf('group'), call.account, input)
    return { Groups: items.map(groupView), ...rest }
  },
})

export const deleteGroup = operation<DeleteGroupCommandInput, DeleteGroupCommandOutput>('iam', 'DeleteGroup', {
  needs: ({ GroupName }, call) => [onEntity(call, 'DeleteGroup', 'group', GroupName)],
  perform: ({ GroupName }, { call, world: { store } }) => {
    const group = requireEntity(store, 'group', call.account, GroupName)
    if (membersOf(store, group).length)
      throw deleteConflict('Cannot delete entity, must remove users from group first.')
    if (group.attached.length) throw deleteConflict('Cannot delete entity, must detach all policies first.')
    if (group.inline.length) throw deleteConflict('Cannot delete entity, must delete policies first.')
    deleteEntity(store, group)
    return {}
  },
})

export const addUserToGroup = operation<AddUserToGroupCommandInput, AddUserToGroupCommandOutput>(
  'iam',
  'AddUserToGroup',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'AddUserToGroup', 'group', GroupName)],
    perform: ({ GroupName, UserName }, { call, world: { store } }) => {
      const user = requireEntity(store, 'user', call.account, UserName)
      const group = requireEntity(store, 'group', call.account, GroupName).name.toLowerCase()
      if (user.groups.includes(group)) return {}
      requireRoom('GroupsPerUser', user.groups.length)
      saveEntity(store, { ...user, groups: [...user.groups, group] } as User)
      return {}
    },
  },
)

export const removeUserFromGroup = operation<RemoveUserFromGroupCommandInput, RemoveUserFromGroupCommandOutput>(
  'iam',
  'RemoveUserFromGroup',
  {
    needs: ({ GroupName }, call) => [onEntity(call, 'RemoveUserFromGroup', 'group', GroupName)],
    perform: ({ GroupName, UserName }, { call, world: { store } }) => {
      const user = requireEntity(store, 'user', call.account, UserName)
      const group = requireEntity(store, 'group', call.account, GroupName).name.toLowerCase()
      saveEntity(store, { ...user, groups: user.groups.filter((name) => name !== group) } as User)
      return {}
    },
  },
)

export const listGroupsForUser = operation<ListGroupsForUserCommandInput, ListGroupsForUserCommandOutput>(
  'iam',
  'ListGroupsForUser',
  {
    needs: ({ UserName }, call) => [onUser(call, 'ListGroupsForUser', UserName)],
    perform: ({ UserName, ...paging }, { call, world: { store } }) => {
      const { groups } = requireEntity(store, 'user', call.account, UserName)
      const { items, ...rest } = page(groups.toSorted(), (name) => name, paging)
      return { Groups: items.map((name) => groupView(requireEntity(store, 'group', call.account, name))), ...rest }
    },
  },
)

export function membersOf(store: Store, group: Group): User[] {
  const name = group.name.toLowerCase()
  return store
    .list<User>(kindOf('user'), { prefix: `${group.account}/` })
    .map(({ value }) => value)
    .filter(({ groups }) => groups.includes(name))
}
