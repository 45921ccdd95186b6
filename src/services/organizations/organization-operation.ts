import { type Call, need, type Need, type Permit } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import type { CompiledPolicy, ContextValues } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { boundText } from '../iam/bound-principals.ts'
import { requestTagKeys } from '../iam/tags.ts'
import { operation, type Operation } from '../operation.ts'
import { type Delegate, DELEGATES, type Organization, organizationOf, type ResourcePolicy } from './documents.ts'
import { notForThisAccount, notInUse } from './errors.ts'
import type { Resource } from './resources.ts'

/** A call by an account of an organization, and that organization. */
export interface Scene {
  readonly call: Call
  readonly store: Store
  readonly world: World
  readonly organization: Organization
}

/**
 * Whose accounts AWS listens to. `delegates`: the management account; those whom the organization's resource policy
 * lets; and, where nothing is changed, registered delegated administrators.
 */
export type Audience = 'management' | 'delegates' | 'members'

interface Parts<I, O> {
  audience: Audience
  /** What the call is about; absent: everything (`*`). */
  resources?(input: I, scene: Scene): Resource[]
  /** Condition keys that the input gives. */
  keys?(input: I, scene: Scene): ContextValues
  perform(input: I, scene: Scene): O
}

/**
 * An operation on the organization that the caller's account is in. It is asked for as for any action first; then AWS
 * asks whether that account may do it at all. What changes something is one transaction.
 */
export function organizationOperation<I, O>(
  name: string,
  parts: Parts<Shape<I>, Shape<O>>,
): Operation<Shape<I>, Shape<O>> {
  const readOnly = /^(Describe|List)/.test(name)
  return operation<I, O>('organizations', name, {
    needs: (input, call) => needsOf(name, parts, input, call, readOnly),
    perform: (input, permit) => {
      const scene = sceneOf(permit)
      if (!standing(scene.call, scene.organization, parts.audience, readOnly)) throw notForThisAccount()
      return readOnly ? parts.perform(input, scene) : scene.store.transaction(() => parts.perform(input, scene))
    },
  })
}

function sceneOf({ call, world }: Permit): Scene {
  const organization = organizationOf(world.store, call.account)
  if (!organization) throw notInUse()
  return { call, world, store: world.store, organization }
}

/** Why an account may: in its own right, or because the resource policy may let it. */
type Standing = 'own' | 'resource-policy' | undefined

function standing(call: Call, organization: Organization, audience: Audience, readOnly: boolean): Standing {
  if (call.account === organization.managementAccount || audience === 'members') return 'own'
  if (audience === 'management') return undefined
  if (readOnly && call.world.store.get<Delegate>(DELEGATES, `${organization.id}/${call.account}`)) return 'own'
  return organization.resourcePolicy && 'resource-policy'
}

function needsOf<I, O>(name: string, parts: Parts<I, O>, input: I, call: Call, readOnly: boolean): Need[] {
  const { store } = call.world
  const organization = organizationOf(store, call.account)
  const scene = organization && { call, store, world: call.world, organization }
  const { Tags: tags } = input as { Tags?: { Key: string; Value: string }[] }
  const context = { ...requestTagKeys(tags), ...(scene && parts.keys?.(input, scene)) }
  // Its ARNs bear the management account's number; they are the caller's own all the same, unless a policy must let it.
  const side =
    organization && standing(call, organization, parts.audience, readOnly) === 'resource-policy'
      ? { resourceAccount: organization.managementAccount, resourcePolicy: compiledResourcePolicy(organization) }
      : { resourceAccount: call.account }
  const resources = (scene && parts.resources?.(input, scene)) ?? [{ arn: '*' }]
  const on = (action: string) =>
    resources.map(({ arn, context: own }) =>
      need(`organizations:${action}`, arn, { context: { ...own, ...context }, ...side }),
    )
  // "If the request includes tags, then the requester must have the organizations:TagResource permission."
  return [...on(name), ...(tags?.length && name !== 'TagResource' ? on('TagResource') : [])]
}

const compiled = new WeakMap<ResourcePolicy, CompiledPolicy>()

function compiledResourcePolicy({ resourcePolicy }: Organization): CompiledPolicy {
  const kept = compiled.get(resourcePolicy!)
  if (kept) return kept
  const { id, content: text, principals = {} } = resourcePolicy!
  const policy = compile(boundText({ text, principals }), {
    id: `organization-resource-policy:${id}`,
    grammar: 'resource',
  })
  compiled.set(resourcePolicy!, policy)
  return policy
}
