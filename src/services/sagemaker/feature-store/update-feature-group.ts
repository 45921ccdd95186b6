import type { UpdateFeatureGroupCommandInput, UpdateFeatureGroupCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { onResource } from '../resource-needs.ts'
import { checkFeatures, checkThroughput, refuse } from './check-feature-group.ts'
import { featureGroups, groupAt } from './feature-group.ts'

/** API_UpdateFeatureGroup: adds features, changes time to live or throughput; nothing is ever taken away. Sentences inferred. */
export const updateFeatureGroup = operation<UpdateFeatureGroupCommandInput, UpdateFeatureGroupCommandOutput>(
  'sagemaker',
  'UpdateFeatureGroup',
  {
    needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
    perform({ FeatureGroupName, FeatureAdditions: added = [], OnlineStoreConfig: online, ThroughputConfig }, permit) {
      const { call, world } = permit
      refuseNotBuilt('UpdateFeatureGroup', { 'OnlineStoreConfig.StorageType': online?.StorageType })
      const now = call.time / 1000
      const { arn } = featureGroups.change(world.store, groupAt(FeatureGroupName, call), (group) => {
        const { description, metadata } = group
        if (description.FeatureGroupStatus !== 'Created') {
          refuse(`FeatureGroup ${group.name} is in status ${description.FeatureGroupStatus}.`)
        }
        const features = [...description.FeatureDefinitions, ...added]
        checkFeatures(features)
        if (
          added.some(({ CollectionType }) => CollectionType) &&
          description.OnlineStoreConfig?.StorageType !== 'InMemory'
        )
          refuse('Collection types are only supported by an OnlineStore of StorageType InMemory.')
        description.FeatureDefinitions = features
        for (const { FeatureName } of added) metadata[FeatureName] = { CreationTime: now, LastModifiedTime: now }
        if (online?.TtlDuration) {
          if (!description.OnlineStoreConfig?.EnableOnlineStore) refuse('The OnlineStore is disabled.')
          description.OnlineStoreConfig.TtlDuration = online.TtlDuration
        }
        if (ThroughputConfig) {
          if (!description.OnlineStoreConfig?.EnableOnlineStore) refuse('The OnlineStore is disabled.')
          const mode = ThroughputConfig.ThroughputMode ?? description.ThroughputConfig?.ThroughputMode ?? 'OnDemand'
          const changed = { ...ThroughputConfig, ThroughputMode: mode }
          checkThroughput(changed)
          description.ThroughputConfig = changed
        }
        description.LastUpdateStatus = { Status: 'Successful' }
        description.LastModifiedTime = now
      })
      return { FeatureGroupArn: arn }
    },
  },
)
