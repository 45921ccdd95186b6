import type { Caller } from '../../door/call.ts'
import { compile, type CompileOptions } from '../../policy/compile.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { boundedCache, type Bounded } from './bounded-cache.ts'
import { type Entity, findEntity, type Group, keyOf, kindOf, type Policy, type User } from './entities.ts'
import { managedPolicyText } from './managed-policies.ts'
import { defaultVersion, findPolicy, isAwsManaged } from './policies.ts'

export interface IdentityPolicies {
  readonly identity: readonly CompiledPolicy[]
  readonly boundary?: CompiledPolicy
}

const none: IdentityPolicies = Object.freeze({ identity: [] })

/**
 * The identity-based policies and the permissions boundary of a principal. Root, services and the anonymous have none;
 * a principal whose user or role is gone, or was made anew under the same name, has none either and is allowed nothing.
 * Throws when a policy cannot be read: better no answer than one with a deny left out.
 *
 * A repeated call costs two look-ups: what was found is kept by the entity's frozen document, and is looked over again
 * only after some managed policy or group was written.
 */
export function policiesOf(store: Store, caller: Caller): IdentityPolicies {
  const entity = entityBehind(store, caller)
  if (!entity) return none
  const found = collectedIn(store)
  const epoch = store.epoch('iam/policy') + store.epoch(kindOf('group'))
  const kept = found.get(entity)
  if (kept?.epoch === epoch) return kept.policies
  const policies = collect(store, entity)
  found.set(entity, { epoch, policies }, weightOf(entity, policies))
  return policies
}

/** Characters of policy text; compiled, and asked, a policy takes three to six times as many bytes (bench/roles.ts). */
const KEPT_TEXT = 32 * 1024 * 1024
/** A list of policies and what the engine remembers about it, expressed as text: so some 16,000 principals are kept. */
const LIST_WEIGHT = 1024

type Collected = Bounded<Entity, { epoch: number; policies: IdentityPolicies }>

/** Documents may be shared between a store and its overlay while the policies behind them differ: one cache for each. */
const caches = new WeakMap<Store, Collected>()

function collectedIn(store: Store): Collected {
  let cache = caches.get(store)
  if (!cache) caches.set(store, (cache = boundedCache(KEPT_TEXT)))
  return cache
}

/** Managed policies are shared, and weigh where they are kept. */
function weightOf({ inline }: Entity, { identity }: IdentityPolicies): number {
  return inline.reduce((sum, { text }) => sum + text.length, LIST_WEIGHT + 16 * identity.length)
}

/** A federated user has the policies of the user who vouches for it. */
const entityTypes: Partial<Record<Caller['kind'], 'user' | 'role'>> = {
  user: 'user',
  'federated-user': 'user',
  'role-session': 'role',
}

function entityBehind(store: Store, caller: Caller): Entity | undefined {
  if (caller.name === undefined || caller.entityId === undefined) return undefined
  const type = entityTypes[caller.kind]
  const entity = type && findEntity(store, type, caller.account, caller.name)
  return entity?.id === caller.entityId ? entity : undefined
}

function collect(store: Store, entity: Entity): IdentityPolicies {
  const identity = ownPolicies(store, entity)
  for (const group of groupsOf(store, entity)) {
    for (const policy of ownPolicies(store, group)) identity.push({ ...policy, attachedTo: group.arn })
  }
  // Frozen: then the engine need not look whether the list is still the one that it knows.
  Object.freeze(identity)
  return entity.boundary === undefined
    ? { identity }
    : { identity, boundary: compiledManagedPolicy(store, entity.boundary) }
}

function ownPolicies(store: Store, entity: Entity): CompiledPolicy[] {
  const inline = entity.inline.map(({ name, text }) =>
    compileOnce(text, { id: `inline:${name}`, managed: false, grammar: 'identity' }),
  )
  return [...inline, ...entity.attached.map((arn) => compiledManagedPolicy(store, arn))]
}

function groupsOf(store: Store, entity: Entity): Group[] {
  if (entity.type !== 'user') return []
  return (entity as User).groups.map((name) => {
    const group = store.get<Group>(kindOf('group'), keyOf(entity.account, name))
    if (!group) throw new Error(`user \`${entity.arn}\` is in a group that is not there: \`${name}\``)
    return group
  })
}

/** By text and id: roles made from one template have the same inline policies, and one compiled policy serves them all. */
const inlinePolicies = boundedCache<string, CompiledPolicy>(KEPT_TEXT)

function compileOnce(text: string, options: CompileOptions): CompiledPolicy {
  const key = `${options.id}\n${text}`
  const kept = inlinePolicies.get(key)
  if (kept) return kept
  const compiled = compile(text, options)
  inlinePolicies.set(key, compiled, text.length)
  return compiled
}

/** By the document, which is another after every change. */
const customerManaged = boundedCache<Policy, CompiledPolicy>(KEPT_TEXT)
/** There are as many as AWS has made. */
const awsManaged = new Map<string, CompiledPolicy>()

/** The default version of a managed policy, AWS's or the customer's. Throws when there is none by that ARN. */
export function compiledManagedPolicy(store: Store, arn: string): CompiledPolicy {
  const document = isAwsManaged(arn) ? undefined : findPolicy(store, arn)
  const kept = document ? customerManaged.get(document) : awsManaged.get(arn)
  if (kept) return kept
  const text = document ? defaultVersion(document).text : isAwsManaged(arn) ? managedPolicyText(arn) : undefined
  if (text === undefined) throw new Error(`managed policy \`${arn}\` is attached but not there`)
  const compiled = compile(text, { id: arn, managed: true, grammar: 'identity' })
  if (document) customerManaged.set(document, compiled, text.length)
  else awsManaged.set(arn, compiled)
  return compiled
}
