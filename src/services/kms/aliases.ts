import type {
  CreateAliasCommandInput,
  CreateAliasCommandOutput,
  DeleteAliasCommandInput,
  DeleteAliasCommandOutput,
  ListAliasesCommandInput,
  ListAliasesCommandOutput,
  UpdateAliasCommandInput,
  UpdateAliasCommandOutput,
} from '@aws-sdk/client-kms'
import { type Call, need, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { aliasNotFound, limitExceeded, validation } from './errors.ts'
import { findKey, type KeyName, saveKey, seconds } from './key.ts'
import {
  type Alias,
  aliasArn,
  ALIASES,
  aliasKey,
  type AliasName,
  getAlias,
  openKey,
  parseKeyId,
  parseKeyOnly,
} from './key-id.ts'
import { requireNotDeleted } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { callKeys, keyNeed } from './needs.ts'
import { page } from './page.ts'

/** "Aliases per KMS key" (AWS KMS Developer Guide, "Resource quotas"). */
const PER_KEY = 50

const nameOf = ({ AliasName: name }: { AliasName: string }, { account, region }: Call): AliasName => {
  return { account, region, name }
}

/** The alias by its own ARN: the account's policies decide; the key has its say as a need of its own. */
function aliasNeed(call: Call, action: string, name: AliasName): Need {
  return need(`kms:${action}`, aliasArn(name), { context: { ...callKeys(call), 'kms:RequestAlias': name.name } })
}

/** LocalStack's captures of AWS have the first sentence; inferred: the second. */
function checkName(name: string): void {
  if (!name.startsWith('alias/') || name === 'alias/')
    throw validation(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    )
  if (name.startsWith('alias/aws/'))
    throw new AwsError('NotAuthorizedException', 'Aliases beginning with alias/aws/ are reserved for AWS managed keys')
  if (name.includes(':'))
    throw new AwsError('InvalidAliasNameException', `${name} contains invalid characters for an alias`)
}

export const createAlias = kmsOperation<CreateAliasCommandInput, CreateAliasCommandOutput>('CreateAlias', {
  needs: (input, call) => [
    aliasNeed(call, 'CreateAlias', nameOf(input, call)),
    keyNeed(call, 'CreateAlias', parseKeyOnly(input.TargetKeyId, call)),
  ],
  perform: (input, { call, world: { store } }) => {
    checkName(input.AliasName)
    const name = nameOf(input, call)
    return store.transaction(() => {
      if (getAlias(store, name))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${aliasArn(name)} already exists`)
      const target = parseKeyOnly(input.TargetKeyId, call)
      point(store, target, name.name)
      put(store, { ...name, target: target.id, createdAt: seconds(call), updatedAt: seconds(call) })
      return {}
    })
  },
})

export const updateAlias = kmsOperation<UpdateAliasCommandInput, UpdateAliasCommandOutput>('UpdateAlias', {
  needs: (input, call) => [
    aliasNeed(call, 'UpdateAlias', nameOf(input, call)),
    ...targetNeed(call, 'UpdateAlias', nameOf(input, call)),
    keyNeed(call, 'UpdateAlias', parseKeyOnly(input.TargetKeyId, call)),
  ],
  perform: (input, { call, world: { store } }) => {
    checkName(input.AliasName)
    const name = nameOf(input, call)
    return store.transaction(() => {
      const alias = found(store, name)
      const target = parseKeyOnly(input.TargetKeyId, call)
      const before = findKey(store, { ...name, id: alias.target })
      const after = findKey(store, target)
      const both = (key: typeof before) => `${key.spec === 'SYMMETRIC_DEFAULT'} ${key.usage}`
      // "The current and new KMS key must be the same type […] and they must have the same key usage". inferred: the sentence.
      if (both(before) !== both(after))
        throw validation(`Alias ${aliasArn(name)} cannot be changed from key ${before.id} to ${after.id}.`)
      unpoint(store, { ...name, id: alias.target }, name.name)
      point(store, target, name.name)
      put(store, { ...alias, target: target.id, updatedAt: seconds(call) })
      return {}
    })
  },
})

export const deleteAlias = kmsOperation<DeleteAliasCommandInput, DeleteAliasCommandOutput>('DeleteAlias', {
  needs: (input, call) => [
    aliasNeed(call, 'DeleteAlias', nameOf(input, call)),
    ...targetNeed(call, 'DeleteAlias', nameOf(input, call)),
  ],
  perform: (input, { call, world: { store } }) => {
    checkName(input.AliasName)
    const name = nameOf(input, call)
    return store.transaction(() => {
      const alias = found(store, name)
      unpoint(store, { ...name, id: alias.target }, name.name)
      store.delete(ALIASES, aliasKey(name))
      return {}
    })
  },
})

export const listAliases = kmsOperation<ListAliasesCommandInput, ListAliasesCommandOutput>('ListAliases', {
  needs: ({ KeyId }, call) => {
    if (KeyId !== undefined) parseKeyId(KeyId, call)
    return [need('kms:ListAliases', '*', { context: callKeys(call) })]
  },
  perform: (input, { call, world }) => {
    const key = input.KeyId === undefined ? undefined : openKey(world, parseKeyOnly(input.KeyId, call))
    const aliases = world.store
      .list<Alias>(ALIASES, { prefix: `${call.account}/${call.region}/` })
      .filter(({ value }) => !key || (value.target === key.id && key.account === call.account))
    const { items, more } = page(aliases, ({ value }) => value.name, input, 50)
    return {
      Aliases: items.map(({ value }) => ({
        AliasName: value.name,
        AliasArn: aliasArn(value),
        TargetKeyId: value.target,
        CreationDate: value.createdAt,
        LastUpdatedDate: value.updatedAt,
      })),
      ...more,
    }
  },
})

/** The key that the alias points to now. */
function targetNeed(call: Call, action: string, name: AliasName): Need[] {
  const alias = getAlias(call.world.store, name)
  return alias ? [keyNeed(call, action, { kind: 'key', ...name, id: alias.target })] : []
}

function found(store: Store, name: AliasName): Alias {
  const alias = getAlias(store, name)
  if (!alias) throw aliasNotFound(aliasArn(name))
  return alias
}

function put(store: Store, alias: Alias): void {
  store.put<Alias>(ALIASES, aliasKey(alias), alias)
}

function point(store: Store, target: KeyName, name: string): void {
  const key = findKey(store, target)
  requireNotDeleted(key)
  // inferred: the sentence.
  if (key.aliases.length >= PER_KEY) throw limitExceeded(`The key already has ${PER_KEY} aliases.`)
  saveKey(store, { ...key, aliases: [...key.aliases, name].sort() })
}

function unpoint(store: Store, target: KeyName, name: string): void {
  const key = findKey(store, target)
  saveKey(store, { ...key, aliases: key.aliases.filter((one) => one !== name) })
}
