import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { World } from '../../world.ts'
import { partition } from '../partition.ts'
import { managedKey, newManagedKey } from './aws-managed.ts'
import { aliasNotFound, invalidArn, invalidArnRegion, invalidKeyId, keyNotFound } from './errors.ts'
import { getKey, type Key, keyArn, type KeyName, saveKey } from './key.ts'
import { plan } from './plan.ts'

/** Document `kms/alias`, keyed `account/region/alias/name`. Times are epoch seconds. */
export interface Alias {
  /** With `alias/`. */
  name: string
  account: string
  region: string
  target: string
  createdAt: number
  updatedAt: number
}

export const ALIASES = 'kms/alias'

export interface AliasName {
  account: string
  region: string
  name: string
}

export const aliasKey = ({ account, region, name }: AliasName) => `${account}/${region}/${name}`

export function aliasArn({ account, region, name }: AliasName): string {
  return `arn:${partition(region)}:kms:${region}:${account}:${name}`
}

/** What a KeyId names: a key by its id, or an alias. */
export type Reference = ({ kind: 'key' } & KeyName) | ({ kind: 'alias' } & AliasName)

const KEY_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):(key\/(.+)|alias\/.+)$/

/** Reads one of the four forms of a key id (AWS KMS Developer Guide, "Key identifiers"). Throws for what is none of them. */
export function parseKeyId(text: string, { account, region }: Pick<Call, 'account' | 'region'>): Reference {
  if (text.startsWith('arn:')) {
    const [, where, owner, resource, id] = ARN.exec(text) ?? []
    if (!where || !owner || !resource) throw invalidArn(text)
    if (where !== region) throw invalidArnRegion(where)
    return id === undefined
      ? { kind: 'alias', account: owner, region, name: resource }
      : { kind: 'key', account: owner, region, id }
  }
  if (text.startsWith('alias/')) return { kind: 'alias', account, region, name: text }
  if (!KEY_ID.test(text)) throw invalidKeyId(text)
  return { kind: 'key', account, region, id: text }
}

/** The same for operations that take no alias. inferred: the refusal. */
export function parseKeyOnly(text: string, call: Pick<Call, 'account' | 'region'>): { kind: 'key' } & KeyName {
  const reference = parseKeyId(text, call)
  if (reference.kind === 'alias') throw text.startsWith('arn:') ? invalidArn(text) : invalidKeyId(text)
  return reference
}

export function getAlias(store: Store, name: AliasName): Alias | undefined {
  return store.get<Alias>(ALIASES, aliasKey(name))
}

/** The key that is meant as it stands, for reading; an AWS-managed one is shown before its first use. */
export function peekKey(world: World, reference: Reference): Key | undefined {
  const { store } = world
  if (reference.kind === 'key') return getKey(store, reference)
  const alias = getAlias(store, reference)
  return alias ? getKey(store, { ...reference, id: alias.target }) : managedKey(reference)
}

/** The key that is meant, or NotFoundException. An AWS-managed key is made when its alias is first used. */
export function openKey(world: World, reference: Reference): Key {
  const { store } = world
  if (reference.kind === 'key') {
    const key = getKey(store, reference)
    if (!key) throw keyNotFound(keyArn(reference))
    return key
  }
  const alias = getAlias(store, reference)
  if (!alias) return makeManagedKey(world, reference)
  const name = { ...reference, id: alias.target }
  const key = getKey(store, name)
  if (!key) throw keyNotFound(keyArn(name))
  return key
}

function makeManagedKey(world: World, name: AliasName): Key {
  const key = newManagedKey(world, name)
  if (!key) throw aliasNotFound(aliasArn(name))
  const { account, region, createdAt } = key
  return world.store.transaction(() => {
    saveKey(world.store, key)
    plan(world.store, key)
    const alias: Alias = { name: name.name, account, region, target: key.id, createdAt, updatedAt: createdAt }
    world.store.put<Alias>(ALIASES, aliasKey(name), alias)
    return getKey(world.store, key)!
  })
}

/** The key of a key's ARN, whatever its Region. */
export function keyOfArn(store: Store, arn: string): Key | undefined {
  const [, region, account, , id] = ARN.exec(arn) ?? []
  return region && account && id !== undefined ? getKey(store, { account, region, id }) : undefined
}
