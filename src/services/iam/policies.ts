import { policySize } from '../../policy/parse.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import {
  keyOf,
  kindOf,
  noSuchEntity,
  parseArn,
  POLICIES,
  type Entity,
  type Policy,
  type PolicyVersion,
} from './entities.ts'
import { managedPolicy, managedPolicyVersions, managedPolicyVersionText } from './managed-policies.ts'
import { checkPolicy } from './policy-text.ts'
import { requireWithin } from './quotas.ts'

/** Managed policies of both kinds: the customer's documents in the store, and AWS's own. */

export function isAwsManaged(arn: string): boolean {
  return arn.startsWith('arn:aws:iam::aws:policy/')
}

/** Whether an ARN is one of a managed policy at all, be it there or not. */
export function isPolicyArn(arn: string): boolean {
  return /^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/.+$/.test(arn)
}

/** A policy that AWS itself attaches to service-linked roles, and nobody else anywhere. */
export function isServiceRolePolicy(arn: string): boolean {
  return arn.startsWith('arn:aws:iam::aws:policy/aws-service-role/')
}

/** A customer managed policy by its whole ARN. */
export function findPolicy(store: Store, arn: string): Policy | undefined {
  const parsed = parseArn(arn)
  if (parsed?.type !== 'policy') return undefined
  const policy = store.get<Policy>(POLICIES, keyOf(parsed.account, parsed.name))
  return policy?.arn === arn ? policy : undefined
}

export function savePolicy(store: Store, policy: Policy): void {
  store.put(POLICIES, keyOf(policy.account, policy.name), policy)
}

export function defaultVersion(policy: Policy): PolicyVersion {
  const version = policy.versions.find(({ id }) => id === policy.defaultVersionId)
  if (!version) throw new Error(`policy \`${policy.arn}\` has lost its default version ${policy.defaultVersionId}`)
  return version
}

/** A managed policy of either kind, as the answers of IAM describe it. */
export interface ManagedPolicyView {
  readonly arn: string
  readonly name: string
  readonly path: string
  readonly id: string
  readonly description?: string
  readonly createDate: number
  readonly updateDate: number
  readonly defaultVersionId: string
  readonly tags: Policy['tags']
  /** Oldest first. */
  readonly versions: readonly (Omit<PolicyVersion, 'text'> & { text: () => string })[]
}

export function findPolicyView(store: Store, arn: string): ManagedPolicyView | undefined {
  if (isAwsManaged(arn)) return awsView(arn)
  const own = findPolicy(store, arn)
  return own && customerView(own)
}

/** Throws `Policy ARN was not found.` */
export function requirePolicyView(store: Store, arn: string): ManagedPolicyView {
  const view = findPolicyView(store, arn)
  if (!view) throw noSuchEntity(`Policy ${arn} was not found.`)
  return view
}

/** A customer managed policy that may be changed. Throws for AWS's own, for another account's, and for none. */
export function requireOwnPolicy(store: Store, account: string, arn: string): Policy {
  const policy = findPolicy(store, arn)
  // inferred: code and sentence, as other implementations of this interface have them.
  if (isAwsManaged(arn) || (policy && policy.account !== account)) {
    throw new AwsError('AccessDenied', 'Policy is outside your own account.', 403)
  }
  if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`)
  return policy
}

/** Throws AWS's MalformedPolicyDocument, or LimitExceeded (white space is not counted). */
export function checkManagedPolicy(text: string): void {
  checkPolicy(text, 'identity')
  requireWithin('PolicySize', policySize(text))
}

/** True when an entity may have the policy attached, or as its boundary. */
export function isAttachable(store: Store, account: string, arn: string): boolean {
  if (isAwsManaged(arn)) return managedPolicy(arn) !== undefined && !isServiceRolePolicy(arn)
  return findPolicy(store, arn)?.account === account
}

export function customerView(policy: Policy): ManagedPolicyView {
  return {
    ...policy,
    versions: policy.versions.map(({ id, text, createDate }) => ({ id, createDate, text: () => text })),
  }
}

export function awsView(arn: string): ManagedPolicyView | undefined {
  const policy = managedPolicy(arn)
  if (!policy) return undefined
  return {
    ...policy,
    defaultVersionId: policy.versionId,
    tags: [],
    // Lists of policies look at none of this, so it waits until somebody does.
    get versions() {
      return managedPolicyVersions(arn).map(({ id, createDate }) => ({
        id,
        createDate,
        text: () => managedPolicyVersionText(arn, id) ?? '',
      }))
    },
  }
}

/** Who uses the managed policies of an account. */
export interface Attachments {
  /** Policy ARN -> entities that have it attached. */
  readonly attached: ReadonlyMap<string, readonly Entity[]>
  /** Policy ARN -> entities whose permissions boundary it is. */
  readonly boundaries: ReadonlyMap<string, readonly Entity[]>
}

const entityKinds = ['user', 'group', 'role'] as const
const counted = new WeakMap<Store, Map<string, { epoch: number; attachments: Attachments }>>()

/** Looked through once after each change to a user, group or role. */
export function attachmentsOf(store: Store, account: string): Attachments {
  const epoch = entityKinds.reduce((sum, type) => sum + store.epoch(kindOf(type)), 0)
  let accounts = counted.get(store)
  if (!accounts) counted.set(store, (accounts = new Map()))
  const kept = accounts.get(account)
  if (kept?.epoch === epoch) return kept.attachments
  const attachments = count(store, account)
  accounts.set(account, { epoch, attachments })
  return attachments
}

function count(store: Store, account: string): Attachments {
  const attached = new Map<string, Entity[]>()
  const boundaries = new Map<string, Entity[]>()
  for (const type of entityKinds) {
    for (const { value: entity } of store.list<Entity>(kindOf(type), { prefix: `${account}/` })) {
      for (const arn of entity.attached) add(attached, arn, entity)
      if (entity.boundary !== undefined) add(boundaries, entity.boundary, entity)
    }
  }
  return { attached, boundaries }
}

function add(map: Map<string, Entity[]>, arn: string, entity: Entity): void {
  const entities = map.get(arn)
  if (entities) entities.push(entity)
  else map.set(arn, [entity])
}
