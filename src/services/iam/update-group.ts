import type { UpdateGroupCommandInput, UpdateGroupCommandOutput } from '@aws-sdk/client-iam'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'
import {
  alreadyExists,
  deleteEntity,
  findEntity,
  type Group,
  iamArn,
  requireEntity,
  saveEntity,
  type User,
} from './entities.ts'
import { membersOf } from './groups.ts'
import { onEntity } from './needs.ts'

/** Renames or moves a group: the right to do so is needed on both, the group as it is and as it will be. */
export const updateGroup = operation<UpdateGroupCommandInput, UpdateGroupCommandOutput>('iam', 'UpdateGroup', {
  needs: ({ GroupName, NewGroupName, NewPath }, call) => {
    const group = findEntity(call.world.store, 'group', call.account, GroupName)
    const target = iamArn(
      call.account,
      'group',
      NewPath ?? group?.path ?? '/',
      NewGroupName ?? group?.name ?? GroupName,
    )
    const source = onEntity(call, 'UpdateGroup', 'group', GroupName)
    return target === source.resource ? [source] : [source, need('iam:UpdateGroup', target)]
  },
  perform: ({ GroupName, NewGroupName, NewPath }, { call, world: { store } }) => {
    const group = requireEntity(store, 'group', call.account, GroupName)
    const name = NewGroupName ?? group.name
    const path = NewPath ?? group.path
    const other = findEntity(store, 'group', call.account, name)
    if (other && other.id !== group.id) throw alreadyExists(`Group with name ${name} already exists.`)
    store.transaction(() => {
      const members = membersOf(store, group)
      deleteEntity(store, group)
      saveEntity(store, { ...group, name, path, arn: iamArn(call.account, 'group', path, name) } satisfies Group)
      const [before, after] = [group.name.toLowerCase(), name.toLowerCase()]
      if (before === after) return
      for (const user of members) {
        const groups = user.groups.map((one) => (one === before ? after : one))
        saveEntity(store, { ...user, groups } as User)
      }
    })
    return {}
  },
})
