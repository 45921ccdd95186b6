import type {
  ListChildrenCommandInput,
  ListChildrenCommandOutput,
  ListParentsCommandInput,
  ListParentsCommandOutput,
} from '@aws-sdk/client-organizations'
import { accountsOf, findMember, findUnit, unitsOf } from './documents.ts'
import { childNotFound } from './errors.ts'
import { organizationOperation } from './organization-operation.ts'
import { requireParent } from './organizational-units.ts'
import { page } from './page.ts'
import { onTarget } from './resources.ts'

export const listChildren = organizationOperation<ListChildrenCommandInput, ListChildrenCommandOutput>('ListChildren', {
  audience: 'delegates',
  resources: ({ ParentId }, scene) => [onTarget(scene, ParentId)],
  perform: ({ ParentId, ChildType: Type, ...paging }, { store, organization }) => {
    requireParent(store, organization, ParentId)
    const children =
      Type === 'ACCOUNT'
        ? accountsOf(store, organization).filter(({ member }) => member.parent === ParentId)
        : unitsOf(store, organization).filter(({ parent }) => parent === ParentId)
    const ids = children.map(({ id }) => id)
    const { items, ...rest } = page(ids, (id) => id, paging)
    return { Children: items.map((Id) => ({ Id, Type })), ...rest }
  },
})

export const listParents = organizationOperation<ListParentsCommandInput, ListParentsCommandOutput>('ListParents', {
  audience: 'delegates',
  resources: ({ ChildId }, scene) => [onTarget(scene, ChildId)],
  perform: ({ ChildId, ...paging }, { store, organization }) => {
    const parent =
      findMember(store, organization, ChildId)?.member.parent ?? findUnit(store, organization, ChildId)?.parent
    if (parent === undefined) throw childNotFound()
    const { items, ...rest } = page([parent], (id) => id, paging)
    const type = (id: string) => (id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT')
    return { Parents: items.map((Id) => ({ Id, Type: type(Id) })), ...rest }
  },
})
