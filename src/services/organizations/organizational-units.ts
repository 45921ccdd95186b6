import type {
  CreateOrganizationalUnitCommandInput,
  CreateOrganizationalUnitCommandOutput,
  DeleteOrganizationalUnitCommandInput,
  DeleteOrganizationalUnitCommandOutput,
  DescribeOrganizationalUnitCommandInput,
  DescribeOrganizationalUnitCommandOutput,
  ListOrganizationalUnitsForParentCommandInput,
  ListOrganizationalUnitsForParentCommandOutput,
  UpdateOrganizationalUnitCommandInput,
  UpdateOrganizationalUnitCommandOutput,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import {
  accountsOf,
  findUnit,
  lineage,
  type Organization,
  saveAttachments,
  saveUnit,
  type Unit,
  UNITS,
  unitsOf,
} from './documents.ts'
import { constraint, duplicateUnit, parentNotFound, unitNotEmpty, unitNotFound } from './errors.ts'
import { newId } from './ids.ts'
import { organizationOperation } from './organization-operation.ts'
import { page } from './page.ts'
import { onTarget } from './resources.ts'
import { attachDefaults } from './roots.ts'
import { withTags } from './tags.ts'
import { unitView } from './views.ts'

/** Quotas of AWS Organizations: units below the root, one in the other, and in all. */
const DEPTH_MAX = 5
const UNITS_MAX = 2000

export const createOrganizationalUnit = organizationOperation<
  CreateOrganizationalUnitCommandInput,
  CreateOrganizationalUnitCommandOutput
>('CreateOrganizationalUnit', {
  audience: 'management',
  resources: ({ ParentId }, scene) => [onTarget(scene, ParentId)],
  perform: ({ ParentId: parent, Name: name, Tags }, { store, world, organization }) => {
    requireParent(store, organization, parent)
    // inferred: the sentences.
    if (lineage(store, organization, parent).length > DEPTH_MAX) {
      throw constraint('OU_DEPTH_LIMIT_EXCEEDED', 'You have exceeded the maximum OU depth.')
    }
    if (unitsOf(store, organization).length >= UNITS_MAX) {
      throw constraint(
        'OU_NUMBER_LIMIT_EXCEEDED',
        'You have exceeded the number of OUs that you can have in an organization.',
      )
    }
    refuseDuplicate(store, organization, parent, name)
    const unit: Unit = {
      id: newId.unit(world, organization.root.id),
      organization: organization.id,
      parent,
      name,
      tags: withTags([], Tags),
    }
    saveUnit(store, unit)
    attachDefaults(store, organization, unit.id)
    return { OrganizationalUnit: unitView(store, organization, unit) }
  },
})

export const describeOrganizationalUnit = organizationOperation<
  DescribeOrganizationalUnitCommandInput,
  DescribeOrganizationalUnitCommandOutput
>('DescribeOrganizationalUnit', {
  audience: 'delegates',
  resources: ({ OrganizationalUnitId }, scene) => [onTarget(scene, OrganizationalUnitId)],
  perform: ({ OrganizationalUnitId }, { store, organization }) => ({
    OrganizationalUnit: unitView(store, organization, requireUnit(store, organization, OrganizationalUnitId)),
  }),
})

export const updateOrganizationalUnit = organizationOperation<
  UpdateOrganizationalUnitCommandInput,
  UpdateOrganizationalUnitCommandOutput
>('UpdateOrganizationalUnit', {
  audience: 'management',
  resources: ({ OrganizationalUnitId }, scene) => [onTarget(scene, OrganizationalUnitId)],
  perform: ({ OrganizationalUnitId, Name }, { store, organization }) => {
    const unit = requireUnit(store, organization, OrganizationalUnitId)
    const name = Name ?? unit.name
    if (name !== unit.name) refuseDuplicate(store, organization, unit.parent, name)
    const renamed = { ...unit, name }
    saveUnit(store, renamed)
    return { OrganizationalUnit: unitView(store, organization, renamed) }
  },
})

export const deleteOrganizationalUnit = organizationOperation<
  DeleteOrganizationalUnitCommandInput,
  DeleteOrganizationalUnitCommandOutput
>('DeleteOrganizationalUnit', {
  audience: 'management',
  resources: ({ OrganizationalUnitId }, scene) => [onTarget(scene, OrganizationalUnitId)],
  perform: ({ OrganizationalUnitId }, { store, organization }) => {
    const { id } = requireUnit(store, organization, OrganizationalUnitId)
    const full =
      unitsOf(store, organization).some(({ parent }) => parent === id) ||
      accountsOf(store, organization).some(({ member }) => member.parent === id)
    if (full) throw unitNotEmpty()
    saveAttachments(store, organization.id, id, [])
    store.delete(UNITS, `${organization.id}/${id}`)
    return {}
  },
})

export const listOrganizationalUnitsForParent = organizationOperation<
  ListOrganizationalUnitsForParentCommandInput,
  ListOrganizationalUnitsForParentCommandOutput
>('ListOrganizationalUnitsForParent', {
  audience: 'delegates',
  resources: ({ ParentId }, scene) => [onTarget(scene, ParentId)],
  perform: ({ ParentId, ...paging }, { store, organization }) => {
    requireParent(store, organization, ParentId)
    const children = unitsOf(store, organization).filter(({ parent }) => parent === ParentId)
    const { items, ...rest } = page(children, ({ id }) => id, paging)
    return { OrganizationalUnits: items.map((unit) => unitView(store, organization, unit)), ...rest }
  },
})

function requireUnit(store: Store, organization: Organization, id: string): Unit {
  const unit = findUnit(store, organization, id)
  if (!unit) throw unitNotFound()
  return unit
}

/** Throws ParentNotFoundException unless it is the root or a unit. */
export function requireParent(store: Store, organization: Organization, id: string, error = parentNotFound): void {
  if (id !== organization.root.id && !findUnit(store, organization, id)) throw error()
}

function refuseDuplicate(store: Store, organization: Organization, parent: string, name: string): void {
  if (unitsOf(store, organization).some((unit) => unit.parent === parent && unit.name === name)) throw duplicateUnit()
}
