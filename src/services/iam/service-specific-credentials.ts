import type {
  CreateServiceSpecificCredentialCommandInput,
  CreateServiceSpecificCredentialCommandOutput,
  DeleteServiceSpecificCredentialCommandInput,
  DeleteServiceSpecificCredentialCommandOutput,
  ListServiceSpecificCredentialsCommandInput,
  ListServiceSpecificCredentialsCommandOutput,
  ResetServiceSpecificCredentialCommandInput,
  ResetServiceSpecificCredentialCommandOutput,
  UpdateServiceSpecificCredentialCommandInput,
  UpdateServiceSpecificCredentialCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { userNameOrCaller } from './caller-name.ts'
import { findEntity, invalidInput, kindOf, noSuchEntity, type User } from './entities.ts'
import { uniqueId } from './ids.ts'
import { onUser, onUserOrCaller } from './needs.ts'
import { deleteOwned, findOwned, listOwned, type Owned, type Owner, ownerOf, ROOT, saveOwned } from './owner.ts'
import { page } from './page.ts'
import { requireRoom } from './quotas.ts'
import { requireStatus } from './status.ts'

/**
 * User name and password for one service, or a key that may run out. Records only: none of these services is here, so
 * the secret is shown when it is made and not kept.
 */
export interface ServiceSpecificCredential extends Owned {
  /** `codecommit.amazonaws.com` */
  readonly service: string
  /** The user's name at that service, or the key's alias. */
  readonly alias: string
  readonly status: 'Active' | 'Inactive'
  readonly createDate: number
  /** Epoch seconds. */
  readonly expirationDate?: number
}

export const SERVICE_SPECIFIC_CREDENTIALS = 'iam/service-specific-credential'

/** How each service's credentials look (API_CreateServiceSpecificCredential). */
const forms: Readonly<Record<string, 'password' | 'key'>> = {
  'codecommit.amazonaws.com': 'password',
  'cassandra.amazonaws.com': 'password',
  'bedrock.amazonaws.com': 'key',
  'logs.amazonaws.com': 'key',
}

const DAY = 86_400

export const createServiceSpecificCredential = operation<
  CreateServiceSpecificCredentialCommandInput,
  CreateServiceSpecificCredentialCommandOutput
>('iam', 'CreateServiceSpecificCredential', {
  needs: ({ UserName, ServiceName, CredentialAgeDays }, call) => [
    onUser(call, 'CreateServiceSpecificCredential', UserName, {
      'iam:ServiceSpecificCredentialServiceName': ServiceName,
      ...(CredentialAgeDays !== undefined && { 'iam:ServiceSpecificCredentialAgeDays': String(CredentialAgeDays) }),
    }),
  ],
  perform: ({ UserName, ServiceName: service, CredentialAgeDays: days }, { call, world }) => {
    const { store } = world
    const owner = ownerOf(store, call, UserName)
    const form = Object.hasOwn(forms, service) ? forms[service] : undefined
    if (!form) {
      // inferred: the sentence, as another implementation of this interface has it.
      throw new AwsError(
        'NotSupportedService',
        `No such service ${service} is supported for Service Specific Credentials`,
        404,
      )
    }
    // inferred: the sentence.
    if (form === 'password' && days !== undefined)
      throw invalidInput(`CredentialAgeDays is not supported for ${service}`)
    const same = credentialsOf(store, owner).filter((one) => one.service === service)
    requireRoom('ServiceSpecificCredentialsPerUser', same.length)
    const now = Math.floor(call.time / 1000)
    const credential: ServiceSpecificCredential = {
      account: owner.account,
      ownerId: owner.id,
      id: uniqueId(world, 'ACCA'),
      service,
      alias: freeAlias(owner, same),
      status: 'Active',
      createDate: now,
      ...(days !== undefined && { expirationDate: now + days * DAY }),
    }
    saveOwned(store, SERVICE_SPECIFIC_CREDENTIALS, credential)
    return { ServiceSpecificCredential: { ...view(owner, credential, now), ...secretOf(world, credential) } }
  },
})

/** A new secret in place of the old one; the credential is active from then on. */
export const resetServiceSpecificCredential = operation<
  ResetServiceSpecificCredentialCommandInput,
  ResetServiceSpecificCredentialCommandOutput
>('iam', 'ResetServiceSpecificCredential', {
  needs: (input, call) => [onCredential(call, 'ResetServiceSpecificCredential', input)],
  perform: ({ UserName, ServiceSpecificCredentialId: id }, { call, world }) => {
    const owner = ownerOf(world.store, call, UserName)
    const credential = requireCredential(world.store, owner, id)
    const now = Math.floor(call.time / 1000)
    return { ServiceSpecificCredential: { ...view(owner, credential, now), ...secretOf(world, credential) } }
  },
})

export const listServiceSpecificCredentials = operation<
  ListServiceSpecificCredentialsCommandInput,
  ListServiceSpecificCredentialsCommandOutput
>('iam', 'ListServiceSpecificCredentials', {
  needs: ({ UserName, AllUsers }, call) => [
    AllUsers
      ? need('iam:ListServiceSpecificCredentials', '*')
      : onUserOrCaller(call, 'ListServiceSpecificCredentials', UserName),
  ],
  perform: ({ UserName, ServiceName, AllUsers, ...paging }, { call, world: { store } }) => {
    // inferred: the sentence.
    if (AllUsers && UserName !== undefined) throw invalidInput('UserName cannot be given together with AllUsers')
    const owners = AllUsers ? allOwners(store, call.account) : [ownerOf(store, call, UserName)]
    const found = owners
      .flatMap((owner) => credentialsOf(store, owner).map((credential) => ({ owner, credential })))
      .filter(({ credential }) => ServiceName === undefined || credential.service === ServiceName)
      .toSorted((a, b) => (a.credential.id < b.credential.id ? -1 : 1))
    const { items, ...rest } = page(found, ({ credential }) => credential.id, paging)
    const now = Math.floor(call.time / 1000)
    return { ServiceSpecificCredentials: items.map(({ owner, credential }) => view(owner, credential, now)), ...rest }
  },
})

export const updateServiceSpecificCredential = operation<
  UpdateServiceSpecificCredentialCommandInput,
  UpdateServiceSpecificCredentialCommandOutput
>('iam', 'UpdateServiceSpecificCredential', {
  needs: (input, call) => [onCredential(call, 'UpdateServiceSpecificCredential', input)],
  perform: ({ UserName, ServiceSpecificCredentialId: id, Status }, { call, world: { store } }) => {
    const credential = requireCredential(store, ownerOf(store, call, UserName), id)
    saveOwned(store, SERVICE_SPECIFIC_CREDENTIALS, { ...credential, status: requireStatus(Status) })
    return {}
  },
})

export const deleteServiceSpecificCredential = operation<
  DeleteServiceSpecificCredentialCommandInput,
  DeleteServiceSpecificCredentialCommandOutput
>('iam', 'DeleteServiceSpecificCredential', {
  needs: (input, call) => [onCredential(call, 'DeleteServiceSpecificCredential', input)],
  perform: ({ UserName, ServiceSpecificCredentialId: id }, { call, world: { store } }) => {
    deleteOwned(store, SERVICE_SPECIFIC_CREDENTIALS, requireCredential(store, ownerOf(store, call, UserName), id))
    return {}
  },
})

function credentialsOf(store: Store, owner: Pick<Owner, 'account' | 'id'>): ServiceSpecificCredential[] {
  return listOwned<ServiceSpecificCredential>(store, SERVICE_SPECIFIC_CREDENTIALS, owner)
}

function requireCredential(store: Store, owner: Owner, id: string): ServiceSpecificCredential {
  const credential = findOwned<ServiceSpecificCredential>(store, SERVICE_SPECIFIC_CREDENTIALS, owner, id)
  // inferred: the sentence, as another implementation of this interface has it.
  if (!credential) throw noSuchEntity(`No such credential ${id} exists`)
  return credential
}

/** On its user, with the service that it is for, as far as there is such a credential. */
function onCredential(
  call: Call,
  action: string,
  input: { UserName?: string; ServiceSpecificCredentialId: string },
): Need {
  const { store } = call.world
  const { UserName, ServiceSpecificCredentialId: id } = input
  const name = userNameOrCaller(call, UserName)
  const ownerId = name === undefined ? ROOT : findEntity(store, 'user', call.account, name)?.id
  const owner = { account: call.account, id: ownerId ?? '', name: name ?? '' }
  const service = findOwned<ServiceSpecificCredential>(store, SERVICE_SPECIFIC_CREDENTIALS, owner, id)?.service
  return onUserOrCaller(call, action, UserName, {
    ...(service !== undefined && { 'iam:ServiceSpecificCredentialServiceName': service }),
  })
}

function allOwners(store: Store, account: string): Owner[] {
  const users = store.list<User>(kindOf('user'), { prefix: `${account}/` })
  return [{ account, id: ROOT, name: '' }, ...users.map(({ value: { id, name } }) => ({ account, id, name }))]
}

/** `ann-at-123456789012`, and `ann+1-at-123456789012` for the second (IAM User Guide, "Git credentials"). */
function freeAlias({ name, account }: Owner, taken: readonly ServiceSpecificCredential[]): string {
  const aliases = [`${name}-at-${account}`, `${name}+1-at-${account}`]
  return aliases.find((alias) => !taken.some((one) => one.alias === alias)) ?? aliases[0]!
}

function view({ name }: Owner, credential: ServiceSpecificCredential, now: number) {
  const { id, service, alias, status, createDate, expirationDate } = credential
  const expired = expirationDate !== undefined && expirationDate <= now
  return {
    UserName: name,
    ServiceSpecificCredentialId: id,
    ServiceName: service,
    Status: expired ? ('Expired' as const) : status,
    CreateDate: createDate,
    ...(expirationDate !== undefined && { ExpirationDate: expirationDate }),
    ...(forms[service] === 'key' ? { ServiceCredentialAlias: alias } : { ServiceUserName: alias }),
  }
}

function secretOf(world: World, { service }: ServiceSpecificCredential) {
  const secret = Buffer.from(world.hex(66), 'hex').toString('base64')
  return forms[service] === 'key' ? { ServiceCredentialSecret: secret } : { ServicePassword: secret }
}
