import type { ListEntitiesForPolicyCommandInput, ListEntitiesForPolicyCommandOutput } from '@aws-sdk/client-iam'
import { operation } from '../operation.ts'
import { type Entity, noSuchEntity } from './entities.ts'
import { onPolicy } from './needs.ts'
import { page } from './page.ts'
import { attachmentsOf, findPolicyView } from './policies.ts'

/** Who has a managed policy, attached or as a boundary. */
export const listEntitiesForPolicy = operation<ListEntitiesForPolicyCommandInput, ListEntitiesForPolicyCommandOutput>(
  'iam',
  'ListEntitiesForPolicy',
  {
    needs: ({ PolicyArn }, call) => [onPolicy(call, 'ListEntitiesForPolicy', PolicyArn)],
    perform: (input, { call, world: { store } }) => {
      const { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter, ...paging } = input
      if (!findPolicyView(store, PolicyArn)) {
        throw noSuchEntity(`Policy ${PolicyArn} does not exist or is not attachable.`)
      }
      const { attached, boundaries } = attachmentsOf(store, call.account)
      const entities = new Set([
        ...(PolicyUsageFilter === 'PermissionsBoundary' ? [] : (attached.get(PolicyArn) ?? [])),
        ...(PolicyUsageFilter === 'PermissionsPolicy' ? [] : (boundaries.get(PolicyArn) ?? [])),
      ])
      // The other filters, LocalManagedPolicy and AWSManagedPolicy, are about policies and leave no entity.
      const wanted = [...entities].filter(
        ({ type, path }) =>
          (EntityFilter === undefined || EntityFilter.toLowerCase() === type) && path.startsWith(PathPrefix),
      )
      const sorted = wanted.toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
      const { items, ...rest } = page(sorted, ({ arn }) => arn, paging)
      const of = (type: Entity['type']) => items.filter((entity) => entity.type === type)
      return {
        PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
        PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
        PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
        ...rest,
      }
    },
  },
)
