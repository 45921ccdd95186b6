import type { DeleteFeatureGroupCommandInput, DeleteFeatureGroupCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { featureGroups } from './feature-group.ts'
import { settleFeatureGroup } from './settle-feature-group.ts'

/** API_DeleteFeatureGroup: the online store's data goes with it, "data written into the OfflineStore will not be deleted". */
export const deleteFeatureGroup = operation<DeleteFeatureGroupCommandInput, DeleteFeatureGroupCommandOutput>(
  'sagemaker',
  'DeleteFeatureGroup',
  {
    needs: (input, call) => onResource(call, featureGroups.arn(call, input.FeatureGroupName)),
    perform(input, { call, world }) {
      const { account, region } = call
      const deleting = world.store.transaction(() => {
        const group = featureGroups.change(
          world.store,
          { account, region, name: input.FeatureGroupName },
          ({ description }) => {
            description.FeatureGroupStatus = 'Deleting'
          },
        )
        putUnsettled(world.store, group)
        return group
      })
      settleSoon(world, deleting, settleFeatureGroup)
      return {}
    },
  },
)
