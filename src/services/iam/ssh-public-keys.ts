import type {
  DeleteSSHPublicKeyCommandInput,
  DeleteSSHPublicKeyCommandOutput,
  GetSSHPublicKeyCommandInput,
  GetSSHPublicKeyCommandOutput,
  ListSSHPublicKeysCommandInput,
  ListSSHPublicKeysCommandOutput,
  UpdateSSHPublicKeyCommandInput,
  UpdateSSHPublicKeyCommandOutput,
  UploadSSHPublicKeyCommandInput,
  UploadSSHPublicKeyCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { noSuchEntity } from './entities.ts'
import { uniqueId } from './ids.ts'
import { onUser, onUserOrCaller } from './needs.ts'
import { deleteOwned, findOwned, listOwned, type Owned, type Owner, ownerOf, saveOwned } from './owner.ts'
import { page } from './page.ts'
import { requireRoom } from './quotas.ts'
import { parseSshKey } from './ssh-key.ts'
import { requireStatus } from './status.ts'

/** A key by which a user comes to CodeCommit's repositories over SSH; kept, although there is no CodeCommit here. */
export interface SshPublicKey extends Owned {
  /** As it was given. */
  readonly body: string
  readonly status: 'Active' | 'Inactive'
  readonly uploadDate: number
}

export const SSH_PUBLIC_KEYS = 'iam/ssh-public-key'

export const uploadSSHPublicKey = operation<UploadSSHPublicKeyCommandInput, UploadSSHPublicKeyCommandOutput>(
  'iam',
  'UploadSSHPublicKey',
  {
    needs: ({ UserName }, call) => [onUser(call, 'UploadSSHPublicKey', UserName)],
    perform: ({ UserName, SSHPublicKeyBody: body }, { call, world }) => {
      const owner = ownerOf(world.store, call, UserName)
      const { blob } = parseSshKey(body)
      const keys = listOwned<SshPublicKey>(world.store, SSH_PUBLIC_KEYS, owner)
      if (keys.some((key) => parseSshKey(key.body).blob === blob)) {
        // inferred: the sentence.
        throw new AwsError('DuplicateSSHPublicKey', 'The SSH public key is already associated with this user.')
      }
      requireRoom('SSHPublicKeysPerUser', keys.length)
      const key: SshPublicKey = {
        account: owner.account,
        ownerId: owner.id,
        id: uniqueId(world, 'APKA'),
        body,
        status: 'Active',
        uploadDate: Math.floor(call.time / 1000),
      }
      saveOwned(world.store, SSH_PUBLIC_KEYS, key)
      return { SSHPublicKey: view(owner, key, body) }
    },
  },
)

export const getSSHPublicKey = operation<GetSSHPublicKeyCommandInput, GetSSHPublicKeyCommandOutput>(
  'iam',
  'GetSSHPublicKey',
  {
    needs: ({ UserName }, call) => [onUser(call, 'GetSSHPublicKey', UserName)],
    perform: ({ UserName, SSHPublicKeyId, Encoding }, { call, world: { store } }) => {
      const owner = ownerOf(store, call, UserName)
      const key = requireKey(store, owner, SSHPublicKeyId)
      const { blob, pem } = parseSshKey(key.body)
      return { SSHPublicKey: view(owner, key, Encoding === 'PEM' ? pem : `ssh-rsa ${blob}`) }
    },
  },
)

export const listSSHPublicKeys = operation<ListSSHPublicKeysCommandInput, ListSSHPublicKeysCommandOutput>(
  'iam',
  'ListSSHPublicKeys',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'ListSSHPublicKeys', UserName)],
    perform: ({ UserName, ...paging }, { call, world: { store } }) => {
      const owner = ownerOf(store, call, UserName)
      const keys = listOwned<SshPublicKey>(store, SSH_PUBLIC_KEYS, owner)
      const { items, ...rest } = page(keys, ({ id }) => id, paging)
      return { SSHPublicKeys: items.map((key) => metadata(owner, key)), ...rest }
    },
  },
)

export const updateSSHPublicKey = operation<UpdateSSHPublicKeyCommandInput, UpdateSSHPublicKeyCommandOutput>(
  'iam',
  'UpdateSSHPublicKey',
  {
    needs: ({ UserName }, call) => [onUser(call, 'UpdateSSHPublicKey', UserName)],
    perform: ({ UserName, SSHPublicKeyId, Status }, { call, world: { store } }) => {
      const key = requireKey(store, ownerOf(store, call, UserName), SSHPublicKeyId)
      saveOwned(store, SSH_PUBLIC_KEYS, { ...key, status: requireStatus(Status) })
      return {}
    },
  },
)

export const deleteSSHPublicKey = operation<DeleteSSHPublicKeyCommandInput, DeleteSSHPublicKeyCommandOutput>(
  'iam',
  'DeleteSSHPublicKey',
  {
    needs: ({ UserName }, call) => [onUser(call, 'DeleteSSHPublicKey', UserName)],
    perform: ({ UserName, SSHPublicKeyId }, { call, world: { store } }) => {
      deleteOwned(store, SSH_PUBLIC_KEYS, requireKey(store, ownerOf(store, call, UserName), SSHPublicKeyId))
      return {}
    },
  },
)

function requireKey(store: Store, owner: Owner, id: string): SshPublicKey {
  const key = findOwned<SshPublicKey>(store, SSH_PUBLIC_KEYS, owner, id)
  if (!key) throw noSuchEntity(`The Public Key with id ${id} cannot be found.`)
  return key
}

function metadata({ name }: Owner, { id, status, uploadDate }: SshPublicKey) {
  return { UserName: name, SSHPublicKeyId: id, Status: status, UploadDate: uploadDate }
}

function view(owner: Owner, key: SshPublicKey, body: string) {
  return { ...metadata(owner, key), Fingerprint: parseSshKey(key.body).fingerprint, SSHPublicKeyBody: body }
}
