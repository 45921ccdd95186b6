import type {
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
  DeletePolicyCommandInput,
  DeletePolicyCommandOutput,
  DescribePolicyCommandInput,
  DescribePolicyCommandOutput,
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
  UpdatePolicyCommandInput,
  UpdatePolicyCommandOutput,
  PolicyType,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import { type AwsManagedPolicy, awsManagedPolicy, awsManagedPolicyOf } from './aws-managed-policies.ts'
import { type Attachments, ATTACHMENTS, type Organization, POLICIES, type Policy } from './documents.ts'
import {
  constraint,
  duplicatePolicy,
  invalidInput,
  policyInUse,
  policyNotFound,
  policyTypeNotAvailable,
} from './errors.ts'
import { newId, policyArn } from './ids.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { checkContent, rulesOf } from './policy-rules.ts'
import { onPolicy, policyTypeKey } from './resources.ts'
import { withTags } from './tags.ts'
import { policySummary, policyView } from './views.ts'

export const createPolicy = organizationOperation<CreatePolicyCommandInput, CreatePolicyCommandOutput>('CreatePolicy', {
  audience: 'delegates',
  // inferred: the id is not known yet, so any policy of the type stands for it.
  resources: ({ Type }, { organization }) => [{ arn: policyArn(organization, Type, '*') }],
  keys: ({ Type }) => policyTypeKey(Type),
  perform: ({ Type: type, Name: name, Description: description, Content: content, Tags }, scene) => {
    const { store, world, organization, call } = scene
    if (organization.featureSet !== 'ALL') throw policyTypeNotAvailable()
    checkContent(type, content)
    refuseDuplicate(store, organization, type, name)
    if (policiesOf(store, organization, type).length >= rulesOf(type).perOrganization) {
      // inferred: the sentence.
      throw constraint(
        'POLICY_NUMBER_LIMIT_EXCEEDED',
        'You have exceeded the number of policies that you can have in an organization.',
      )
    }
    const policy: Policy = {
      id: newId.policy(world),
      organization: organization.id,
      type,
      name,
      description,
      content,
      tags: withTags([], Tags),
      updatedAt: Math.floor(call.time / 1000),
    }
    savePolicy(store, policy)
    return { Policy: policyView(organization, policy) }
  },
})

/** What it hangs on is bound by the new document from the next call on. */
export const updatePolicy = organizationOperation<UpdatePolicyCommandInput, UpdatePolicyCommandOutput>('UpdatePolicy', {
  audience: 'delegates',
  resources: ({ PolicyId }, scene) => [onPolicy(scene, PolicyId)],
  perform: ({ PolicyId, Name, Description, Content }, { store, organization, call }) => {
    const policy = requireOwnPolicy(store, organization, PolicyId)
    if (Content !== undefined) checkContent(policy.type, Content)
    if (Name !== undefined && Name !== policy.name) refuseDuplicate(store, organization, policy.type, Name)
    const changed: Policy = {
      ...policy,
      name: Name ?? policy.name,
      description: Description ?? policy.description,
      content: Content ?? policy.content,
      updatedAt: Math.floor(call.time / 1000),
    }
    savePolicy(store, changed)
    return { Policy: policyView(organization, changed) }
  },
})

export const deletePolicy = organizationOperation<DeletePolicyCommandInput, DeletePolicyCommandOutput>('DeletePolicy', {
  audience: 'delegates',
  resources: ({ PolicyId }, scene) => [onPolicy(scene, PolicyId)],
  perform: ({ PolicyId }, { store, organization }) => {
    const { id } = requireOwnPolicy(store, organization, PolicyId)
    const attached = store
      .list<Attachments>(ATTACHMENTS, { prefix: `${organization.id}/` })
      .some(({ value }) => value.policies.some((attachment) => attachment.id === id))
    if (attached) throw policyInUse()
    store.delete(POLICIES, `${organization.id}/${id}`)
    return {}
  },
})

export const describePolicy = organizationOperation<DescribePolicyCommandInput, DescribePolicyCommandOutput>(
  'DescribePolicy',
  {
    audience: 'delegates',
    resources: ({ PolicyId }, scene) => [onPolicy(scene, PolicyId)],
    perform: ({ PolicyId }, { store, organization }) => ({
      Policy: policyView(organization, requirePolicy(store, organization, PolicyId)),
    }),
  },
)

export const listPolicies = organizationOperation<ListPoliciesCommandInput, ListPoliciesCommandOutput>('ListPolicies', {
  audience: 'delegates',
  keys: ({ Filter }) => policyTypeKey(Filter),
  perform: ({ Filter, ...paging }, { store, organization }) => {
    const managed = awsManagedPolicyOf(Filter)
    const all = [...(managed ? [managed] : []), ...policiesOf(store, organization, Filter)]
    const { items, ...rest } = page(all, ({ id }) => id, paging)
    return { Policies: items.map((policy) => policySummary(organization, policy)), ...rest }
  },
})

/** A policy of the organization's or AWS's own. Throws PolicyNotFoundException. */
export function requirePolicy(store: Store, { id }: Organization, policyId: string): Policy | AwsManagedPolicy {
  const policy = awsManagedPolicy(policyId) ?? store.get<Policy>(POLICIES, `${id}/${policyId}`)
  if (!policy) throw policyNotFound()
  return policy
}

function requireOwnPolicy(store: Store, organization: Organization, policyId: string): Policy {
  const policy = requirePolicy(store, organization, policyId)
  // inferred: the sentence.
  if ('arn' in policy) {
    throw invalidInput('IMMUTABLE_POLICY', "You specified a policy that is managed by AWS and can't be modified.")
  }
  return policy
}

/** In order of their ids; AWS's own `p-F…` and `p-R…` sort before those, being upper case. */
function policiesOf(store: Store, { id }: Organization, type: PolicyType): Policy[] {
  return store
    .list<Policy>(POLICIES, { prefix: `${id}/` })
    .map(({ value }) => value)
    .filter((policy) => policy.type === type)
}

function savePolicy(store: Store, policy: Policy): void {
  store.put<Policy>(POLICIES, `${policy.organization}/${policy.id}`, policy)
}

function refuseDuplicate(store: Store, organization: Organization, type: PolicyType, name: string): void {
  const taken = [awsManagedPolicyOf(type)?.name, ...policiesOf(store, organization, type).map((policy) => policy.name)]
  if (taken.includes(name)) throw duplicatePolicy()
}
