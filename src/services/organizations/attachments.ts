import type {
  AttachPolicyCommandInput,
  AttachPolicyCommandOutput,
  DetachPolicyCommandInput,
  DetachPolicyCommandOutput,
  ListPoliciesForTargetCommandInput,
  ListPoliciesForTargetCommandOutput,
  ListTargetsForPolicyCommandInput,
  ListTargetsForPolicyCommandOutput,
  PolicyTargetSummary,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { awsManagedPolicy } from './aws-managed-policies.ts'
import {
  type Attachments,
  ATTACHMENTS,
  attachmentsOf,
  findMember,
  findUnit,
  type Organization,
  saveAttachments,
} from './documents.ts'
import {
  constraint,
  duplicateAttachment,
  invalidInput,
  policyNotAttached,
  policyTypeNotEnabled,
  targetNotFound,
} from './errors.ts'
import { targetArn } from './ids.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { requirePolicy } from './policies.ts'
import { rulesOf } from './policy-rules.ts'
import { onPolicy, onTarget, policyTypeKey, policyTypeOf } from './resources.ts'
import { policySummary } from './views.ts'

export const attachPolicy = organizationOperation<AttachPolicyCommandInput, AttachPolicyCommandOutput>('AttachPolicy', {
  audience: 'delegates',
  resources: ({ PolicyId, TargetId }, scene) => [onPolicy(scene, PolicyId), onTarget(scene, TargetId)],
  keys: ({ PolicyId }, scene) => policyTypeOf(scene, PolicyId),
  perform: ({ PolicyId, TargetId }, { store, organization }) => {
    const { id, type } = requirePolicy(store, organization, PolicyId)
    requireTarget(store, organization, TargetId)
    if (!organization.root.policyTypes.includes(type)) throw policyTypeNotEnabled()
    const attached = attachmentsOf(store, organization.id, TargetId)
    if (attached.some((one) => one.id === id)) throw duplicateAttachment()
    if (attached.filter((one) => one.type === type).length >= rulesOf(type).perTarget) {
      throw constraint(
        'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
        'You have attached the maximum number of policies to the specified target.',
      )
    }
    saveAttachments(store, organization.id, TargetId, [...attached, { id, type }])
    return {}
  },
})

/** An SCP must always hang there: without one nothing would be allowed. RCPFullAWSAccess never goes. */
export const detachPolicy = organizationOperation<DetachPolicyCommandInput, DetachPolicyCommandOutput>('DetachPolicy', {
  audience: 'delegates',
  resources: ({ PolicyId, TargetId }, scene) => [onPolicy(scene, PolicyId), onTarget(scene, TargetId)],
  keys: ({ PolicyId }, scene) => policyTypeOf(scene, PolicyId),
  perform: ({ PolicyId, TargetId }, { store, organization }) => {
    const { id, type } = requirePolicy(store, organization, PolicyId)
    requireTarget(store, organization, TargetId)
    // inferred: the sentence.
    if (awsManagedPolicy(id)?.detachable === false) {
      throw invalidInput('NON_DETACHABLE_POLICY', "You can't detach this AWS managed policy.")
    }
    const attached = attachmentsOf(store, organization.id, TargetId)
    if (!attached.some((one) => one.id === id)) throw policyNotAttached()
    if (type === 'SERVICE_CONTROL_POLICY' && attached.filter((one) => one.type === type).length === 1) {
      throw constraint(
        'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
        'You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.',
      )
    }
    const kept = attached.filter((one) => one.id !== id)
    saveAttachments(store, organization.id, TargetId, kept)
    return {}
  },
})

export const listPoliciesForTarget = organizationOperation<
  ListPoliciesForTargetCommandInput,
  ListPoliciesForTargetCommandOutput
>('ListPoliciesForTarget', {
  audience: 'delegates',
  resources: ({ TargetId }, scene) => [onTarget(scene, TargetId)],
  keys: ({ Filter }) => policyTypeKey(Filter),
  perform: ({ TargetId, Filter, ...paging }, { store, organization }) => {
    requireTarget(store, organization, TargetId)
    const ids = attachmentsOf(store, organization.id, TargetId).flatMap(({ id, type }) => (type === Filter ? [id] : []))
    const { items, ...rest } = page(ids.toSorted(), (id) => id, paging)
    return {
      Policies: items.map((id) => policySummary(organization, requirePolicy(store, organization, id))),
      ...rest,
    }
  },
})

export const listTargetsForPolicy = organizationOperation<
  ListTargetsForPolicyCommandInput,
  ListTargetsForPolicyCommandOutput
>('ListTargetsForPolicy', {
  audience: 'delegates',
  resources: ({ PolicyId }, scene) => [onPolicy(scene, PolicyId)],
  perform: ({ PolicyId, ...paging }, { store, organization }) => {
    const { id } = requirePolicy(store, organization, PolicyId)
    const prefix = `${organization.id}/`
    const targets = store
      .list<Attachments>(ATTACHMENTS, { prefix })
      .flatMap(({ key, value }) => (value.policies.some((one) => one.id === id) ? [key.slice(prefix.length)] : []))
    const { items, ...rest } = page(targets, (target) => target, paging)
    return { Targets: items.map((target) => requireTarget(store, organization, target)), ...rest }
  },
})

/** A root, unit or account of the organization. Throws TargetNotFoundException. */
export function requireTarget(store: Store, organization: Organization, id: string): Shape<PolicyTargetSummary> {
  const Arn = targetArn(organization, id)
  if (id === organization.root.id) return { TargetId: id, Arn, Name: 'Root', Type: 'ROOT' }
  const unit = findUnit(store, organization, id)
  if (unit) return { TargetId: id, Arn, Name: unit.name, Type: 'ORGANIZATIONAL_UNIT' }
  const account = findMember(store, organization, id)
  if (account) return { TargetId: id, Arn, Name: account.name, Type: 'ACCOUNT' }
  throw targetNotFound()
}
