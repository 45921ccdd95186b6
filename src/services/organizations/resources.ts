import type { PolicyType } from '@aws-sdk/client-organizations'
import type { ContextValues } from '../../policy/types.ts'
import type { Tag } from '../iam/entities.ts'
import { awsManagedPolicy } from './aws-managed-policies.ts'
import { findMember, findUnit, POLICIES, type Policy } from './documents.ts'
import { accountArn, policyArn, resourcePolicyArn, rootArn, unitArn } from './ids.ts'
import type { Scene } from './organization-operation.ts'

/** What a call is about, and the condition keys that come with it. */
export interface Resource {
  readonly arn: string
  readonly context?: ContextValues
}

/** A root, a unit or an account, by its id. What is not there has its ARN all the same, and no tags. */
export function onTarget({ store, organization }: Scene, id: string): Resource {
  const { root } = organization
  if (id.startsWith('r-')) {
    return { arn: rootArn(organization, id), context: id === root.id ? resourceTagKeys(root.tags) : {} }
  }
  if (id.startsWith('ou-')) {
    const tags = findUnit(store, organization, id)?.tags ?? []
    return { arn: unitArn(organization, id), context: resourceTagKeys(tags) }
  }
  const tags = findMember(store, organization, id)?.member.tags ?? []
  return { arn: accountArn(organization, id), context: resourceTagKeys(tags) }
}

/** A policy by its id; `organizations:PolicyType` is known of it. */
export function onPolicy({ store, organization }: Scene, id: string): Resource {
  const managed = awsManagedPolicy(id)
  if (managed) return { arn: managed.arn, context: policyTypeKey(managed.type) }
  const policy = store.get<Policy>(POLICIES, `${organization.id}/${id}`)
  // inferred: the type in the ARN of a policy that is not there.
  if (!policy) return { arn: policyArn(organization, 'SERVICE_CONTROL_POLICY', id) }
  const { type, tags } = policy
  return { arn: policyArn(organization, type, id), context: { ...resourceTagKeys(tags), ...policyTypeKey(type) } }
}

/** Anything that can bear tags. */
export function onResource(scene: Scene, id: string): Resource {
  const { organization } = scene
  if (id.startsWith('p-')) return onPolicy(scene, id)
  if (!id.startsWith('rp-')) return onTarget(scene, id)
  const tags = id === organization.resourcePolicy?.id ? organization.resourcePolicy.tags : []
  return { arn: resourcePolicyArn(organization, id), context: resourceTagKeys(tags) }
}

export function policyTypeKey(type: PolicyType): ContextValues {
  return { 'organizations:PolicyType': type }
}

/** The key of a policy that is there, also for what is asked of the target beside it. */
export function policyTypeOf({ store, organization }: Scene, id: string): ContextValues {
  const policy = awsManagedPolicy(id) ?? store.get<Policy>(POLICIES, `${organization.id}/${id}`)
  return policy ? policyTypeKey(policy.type) : {}
}

/** `aws:ResourceTag/…` of what a call is about. */
export function resourceTagKeys(tags: readonly Tag[]): ContextValues {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]))
}
