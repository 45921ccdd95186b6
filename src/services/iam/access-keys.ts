import type {
  CreateAccessKeyCommandInput,
  CreateAccessKeyCommandOutput,
  DeleteAccessKeyCommandInput,
  DeleteAccessKeyCommandOutput,
  GetAccessKeyLastUsedCommandInput,
  GetAccessKeyLastUsedCommandOutput,
  ListAccessKeysCommandInput,
  ListAccessKeysCommandOutput,
  UpdateAccessKeyCommandInput,
  UpdateAccessKeyCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { userNameOrCaller } from './caller-name.ts'
import { ACCESS_KEYS, type AccessKey, noSuchEntity, requireEntity, saveEntity } from './entities.ts'
import { accessKeyId, secretAccessKey } from './ids.ts'
import { forgetUse } from './last-used.ts'
import { onUser, onUserOrCaller } from './needs.ts'
import { page } from './page.ts'
import { requireRoom } from './quotas.ts'
import { requireStatus } from './status.ts'
import { accessKeyLastUsed } from './views.ts'

/** Access keys of a user, or of the root user when root names nobody. Two of them at most. */

export const createAccessKey = operation<CreateAccessKeyCommandInput, CreateAccessKeyCommandOutput>(
  'iam',
  'CreateAccessKey',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'CreateAccessKey', UserName)],
    perform: ({ UserName }, { call, world }) => {
      const { store } = world
      const name = userNameOrCaller(call, UserName)
      const user = name === undefined ? undefined : requireEntity(store, 'user', call.account, name)
      requireRoom('AccessKeysPerUser', keysOf(store, call.account, name).length)
      const key: AccessKey = {
        id: accessKeyId(world, 'AKIA'),
        secret: secretAccessKey(world),
        account: call.account,
        status: 'Active',
        createDate: Math.floor(call.time / 1000),
        ...(user && { userName: user.name, userId: user.id }),
      }
      store.transaction(() => {
        store.put<AccessKey>(ACCESS_KEYS, key.id, key)
        if (user) saveEntity(store, { ...user, accessKeys: [...user.accessKeys, key.id] } as typeof user)
      })
      return { AccessKey: { ...metadata(key), AccessKeyId: key.id, Status: key.status, SecretAccessKey: key.secret } }
    },
  },
)

export const listAccessKeys = operation<ListAccessKeysCommandInput, ListAccessKeysCommandOutput>(
  'iam',
  'ListAccessKeys',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'ListAccessKeys', UserName)],
    perform: ({ UserName, ...paging }, { call, world }) => {
      const keys = keysOf(world.store, call.account, userNameOrCaller(call, UserName))
      const sorted = keys.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const { items, ...rest } = page(sorted, ({ id }) => id, paging)
      return { AccessKeyMetadata: items.map(metadata), ...rest }
    },
  },
)

export const updateAccessKey = operation<UpdateAccessKeyCommandInput, UpdateAccessKeyCommandOutput>(
  'iam',
  'UpdateAccessKey',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'UpdateAccessKey', UserName)],
    perform: ({ UserName, AccessKeyId, Status }, { call, world: { store } }) => {
      const status = requireStatus(Status)
      const key = requireKey(store, call, UserName, AccessKeyId)
      store.put<AccessKey>(ACCESS_KEYS, key.id, { ...key, status })
      return {}
    },
  },
)

export const deleteAccessKey = operation<DeleteAccessKeyCommandInput, DeleteAccessKeyCommandOutput>(
  'iam',
  'DeleteAccessKey',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'DeleteAccessKey', UserName)],
    perform: ({ UserName, AccessKeyId }, { call, world: { store } }) => {
      const key = requireKey(store, call, UserName, AccessKeyId)
      store.transaction(() => {
        store.delete(ACCESS_KEYS, key.id)
        forgetUse(store, key.id)
        if (key.userName === undefined) return
        const user = requireEntity(store, 'user', call.account, key.userName)
        saveEntity(store, { ...user, accessKeys: user.accessKeys.filter((id) => id !== key.id) } as typeof user)
      })
      return {}
    },
  },
)

export const getAccessKeyLastUsed = operation<GetAccessKeyLastUsedCommandInput, GetAccessKeyLastUsedCommandOutput>(
  'iam',
  'GetAccessKeyLastUsed',
  {
    needs: ({ AccessKeyId }, call) => {
      const key = call.world.store.get<AccessKey>(ACCESS_KEYS, AccessKeyId)
      // Somebody else's key is as good as none.
      const name = key?.account === call.account ? key.userName : undefined
      return [name === undefined ? need('iam:GetAccessKeyLastUsed', '*') : onUser(call, 'GetAccessKeyLastUsed', name)]
    },
    perform: ({ AccessKeyId }, { call, world: { store } }) => {
      const key = store.get<AccessKey>(ACCESS_KEYS, AccessKeyId)
      if (key?.account !== call.account) {
        // Captured: of a key that is not there AWS says that even an administrator is denied, and not as elsewhere.
        throw new AwsError(
          'AccessDenied',
          `User: ${call.caller.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
          403,
        )
      }
      return {
        ...(key.userName !== undefined && { UserName: key.userName }),
        AccessKeyLastUsed: accessKeyLastUsed(store, key.id),
      }
    },
  },
)

function keysOf(store: Store, account: string, userName: string | undefined): AccessKey[] {
  if (userName === undefined) {
    const all = store.list<AccessKey>(ACCESS_KEYS).map(({ value }) => value)
    return all.filter((key) => key.account === account && key.userName === undefined)
  }
  const { accessKeys } = requireEntity(store, 'user', account, userName)
  return accessKeys.flatMap((id) => store.get<AccessKey>(ACCESS_KEYS, id) ?? [])
}

function requireKey(store: Store, call: Call, userName: string | undefined, id: string): AccessKey {
  const key = keysOf(store, call.account, userNameOrCaller(call, userName)).find((candidate) => candidate.id === id)
  if (!key) throw noSuchKey(id)
  return key
}

function noSuchKey(id: string) {
  return noSuchEntity(`The Access Key with id ${id} cannot be found.`)
}

function metadata({ userName, id, status, createDate }: AccessKey) {
  return { UserName: userName ?? '', AccessKeyId: id, Status: status, CreateDate: createDate }
}
