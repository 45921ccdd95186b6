import type { ListFeatureGroupsCommandInput, ListFeatureGroupsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { toList } from '../resource-needs.ts'
import { featureGroups, type FeatureGroup } from './feature-group.ts'

export const listFeatureGroups = operation<ListFeatureGroupsCommandInput, ListFeatureGroupsCommandOutput>(
  'sagemaker',
  'ListFeatureGroups',
  {
    needs: (_, call) => toList(call),
    perform({ FeatureGroupStatusEquals, OfflineStoreStatusEquals: offline, SortBy, ...input }, { call, world }) {
      refuseNotBuilt('ListFeatureGroups', { 'SortBy OfflineStoreStatus': SortBy === 'OfflineStoreStatus' })
      const asked = {
        ...input,
        ...(FeatureGroupStatusEquals && { StatusEquals: FeatureGroupStatusEquals }),
        ...(SortBy && { SortBy: SortBy === 'FeatureGroupStatus' ? 'Status' : SortBy }),
      }
      const { items, next } = featureGroups.page(world.store, call, asked, {
        ...(offline && { keep: ({ description }) => description.OfflineStoreStatus?.Status === offline }),
      })
      return { FeatureGroupSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description }: FeatureGroup) {
  const { FeatureGroupName, FeatureGroupArn, CreationTime, FeatureGroupStatus, OfflineStoreStatus } = description
  return {
    FeatureGroupName,
    FeatureGroupArn,
    CreationTime,
    ...(FeatureGroupStatus && { FeatureGroupStatus }),
    ...(OfflineStoreStatus && { OfflineStoreStatus }),
  }
}
