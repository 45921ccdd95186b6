import type {
  DisablePolicyTypeCommandInput,
  DisablePolicyTypeCommandOutput,
  EnablePolicyTypeCommandInput,
  EnablePolicyTypeCommandOutput,
  ListRootsCommandInput,
  ListRootsCommandOutput,
  PolicyType,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import { awsManagedPolicyOf } from './aws-managed-policies.ts'
import {
  accountsOf,
  attachmentsOf,
  type Organization,
  saveAttachments,
  saveOrganization,
  unitsOf,
} from './documents.ts'
import { policyTypeAlreadyEnabled, policyTypeNotAvailable, policyTypeNotEnabled, rootNotFound } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { onTarget, policyTypeKey } from './resources.ts'
import { rootView } from './views.ts'

export const listRoots = organizationOperation<ListRootsCommandInput, ListRootsCommandOutput>('ListRoots', {
  audience: 'delegates',
  perform: (input, { organization }) => {
    const { items, ...rest } = page([rootView(organization)], ({ Id = '' }) => Id, input)
    return { Roots: items, ...rest }
  },
})

/** From now on policies of that type bind; AWS's own, which allows all, hangs on every root, unit and account. */
export const enablePolicyType = organizationOperation<EnablePolicyTypeCommandInput, EnablePolicyTypeCommandOutput>(
  'EnablePolicyType',
  {
    audience: 'delegates',
    resources: ({ RootId }, scene) => [onTarget(scene, RootId)],
    keys: ({ PolicyType: type }) => policyTypeKey(type),
    perform: ({ RootId, PolicyType: type }, { store, organization }) => {
      if (RootId !== organization.root.id) throw rootNotFound()
      if (organization.featureSet !== 'ALL') throw policyTypeNotAvailable()
      if (organization.root.policyTypes.includes(type)) throw policyTypeAlreadyEnabled()
      const { root } = organization
      const changed = { ...organization, root: { ...root, policyTypes: [...root.policyTypes, type] } }
      saveOrganization(store, changed)
      for (const target of targetsOf(store, organization)) attachDefaults(store, changed, target, [type])
      return { Root: rootView(changed) }
    },
  },
)

/** "All policies of that type are automatically detached from all entities in the root"; enabled again, only AWS's own is back. */
export const disablePolicyType = organizationOperation<DisablePolicyTypeCommandInput, DisablePolicyTypeCommandOutput>(
  'DisablePolicyType',
  {
    audience: 'delegates',
    resources: ({ RootId }, scene) => [onTarget(scene, RootId)],
    keys: ({ PolicyType: type }) => policyTypeKey(type),
    perform: ({ RootId, PolicyType: disabled }, { store, organization }) => {
      const { id, root } = organization
      if (RootId !== root.id) throw rootNotFound()
      if (!root.policyTypes.includes(disabled)) throw policyTypeNotEnabled()
      const policyTypes = root.policyTypes.filter((type) => type !== disabled)
      const changed = { ...organization, root: { ...root, policyTypes } }
      saveOrganization(store, changed)
      for (const target of targetsOf(store, organization)) {
        const kept = attachmentsOf(store, id, target).filter(({ type }) => type !== disabled)
        saveAttachments(store, id, target, kept)
      }
      return { Root: rootView(changed) }
    },
  },
)

/** Ids of all that policies hang on. */
function targetsOf(store: Store, organization: Organization): string[] {
  return [
    organization.root.id,
    ...unitsOf(store, organization).map(({ id }) => id),
    ...accountsOf(store, organization).map(({ id }) => id),
  ]
}

/** What hangs on a new unit, or on an account that joins: AWS's own policy of each type that is enabled. */
export function attachDefaults(
  store: Store,
  { id, root }: Organization,
  target: string,
  types: readonly PolicyType[] = root.policyTypes,
): void {
  const added = types.flatMap((type) => {
    const policy = awsManagedPolicyOf(type)
    return policy ? [{ id: policy.id, type }] : []
  })
  saveAttachments(store, id, target, [...attachmentsOf(store, id, target), ...added])
}
