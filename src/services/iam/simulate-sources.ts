import { compile } from '../../policy/compile.ts'
import { PolicySyntaxError } from '../../policy/parse.ts'
import type { CompiledPolicy, Grammar } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { type Entity, type Group, invalidInput, keyOf, kindOf, parseArn, requireEntity, type User } from './entities.ts'
import { compiledManagedPolicy } from './policies-of.ts'

/** Where the policies of a simulation come from: those of a user, group or role, and documents out of the request. */
export interface Sources {
  readonly identity: readonly Source[]
  readonly boundary?: Source
}

export interface Source {
  readonly policy: CompiledPolicy
  readonly kind: 'inline' | 'aws-managed' | 'user-managed' | 'given'
  /** Of an inline policy, who has it. */
  readonly owner?: Entity
}

/** A user, group or role by its ARN, as simulations name them: AWS goes by the name and does not look at the path. */
export function parsePolicySource(arn: string): { account: string; type: Entity['type']; name: string } {
  const { account, type, name } = parseArn(arn) ?? {}
  if (account === undefined || name === undefined || (type !== 'user' && type !== 'group' && type !== 'role')) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  }
  return { account, type, name }
}

/** The same within the caller's own account: there is no looking into another's policies. */
export function ownPolicySource(account: string, arn: string): { type: Entity['type']; name: string } {
  const source = parsePolicySource(arn)
  if (source.account !== account) {
    throw invalidInput(
      `Invalid Policy Source Arn: caller's account ${account} does not have access to policies in account ${source.account}`,
    )
  }
  return source
}

/**
 * Everything attached to an entity, a user's groups included; a managed policy counts once, however many ways it comes by.
 * Throws NoSuchEntity.
 */
export function sourcesOf(store: Store, account: string, arn: string): Sources & { entity: Entity } {
  const { type, name } = ownPolicySource(account, arn)
  const entity = requireEntity(store, type, account, name)
  const owners = [entity, ...groupsOf(store, entity)]
  const attached = new Set(owners.flatMap((owner) => owner.attached))
  const inline = owners.flatMap((owner) => owner.inline.map((policy) => inlineSource(owner, policy)))
  const boundary = entity.boundary === undefined ? undefined : managedSource(store, entity.boundary)
  return {
    entity,
    identity: [...inline, ...Array.from(attached, (policyArn) => managedSource(store, policyArn))],
    ...(boundary && { boundary }),
  }
}

function groupsOf(store: Store, entity: Entity): Group[] {
  const names = entity.type === 'user' ? (entity as User).groups : []
  return names.flatMap((name) => store.get<Group>(kindOf('group'), keyOf(entity.account, name)) ?? [])
}

function inlineSource(owner: Entity, { name, text }: Entity['inline'][number]): Source {
  return { policy: compile(text, { id: `${owner.type}_${owner.name}_${name}` }), kind: 'inline', owner }
}

function managedSource(store: Store, arn: string): Source {
  return {
    policy: compiledManagedPolicy(store, arn),
    kind: arn.startsWith('arn:aws:iam::aws:') ? 'aws-managed' : 'user-managed',
  }
}

/** Documents of the request, named as AWS names them in its answer: `PolicyInputList.1`. Throws InvalidInput. */
export function givenSources(list: string, texts: readonly string[] = [], grammar: Grammar = 'identity'): Source[] {
  return texts.map((text, index) => ({
    policy: compiled(text, `${list}.${index + 1}`, grammar, `Policy input list item ${index + 1} has invalid content`),
    kind: 'given',
  }))
}

/** One document of the request. `refusal` is the sentence for one that cannot be read. */
export function compiled(text: string, id: string, grammar: Grammar, refusal: string): CompiledPolicy {
  try {
    return compile(text, { id, grammar })
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw invalidInput(refusal)
    throw error
  }
}

/** What answers call a policy: managed ones by their name, others as they are known here. */
export function sourceId({ id, managed }: Pick<CompiledPolicy, 'id' | 'managed'>): string {
  return managed ? id.slice(id.lastIndexOf('/') + 1) : id
}
