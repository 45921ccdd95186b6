import { onResource } from '../sagemaker/resource-needs.ts'
import { groupAt } from '../sagemaker/feature-store/feature-group.ts'
import { findRecord, putRecord as keep, seal, type FeatureValue } from '../sagemaker/feature-store/record.ts'
import { operation } from '../operation.ts'
import { checkRecord } from './check-record.ts'
import { expiryOf } from './event-time.ts'
import { keyFor, mustHaveGroup } from './online-store.ts'
import { checkTargets } from './target-stores.ts'

interface Input {
  FeatureGroupName: string
  Record: FeatureValue[]
  TargetStores?: string[]
  TtlDuration?: { Unit: string; Value: number }
}

/** API_feature_store_PutRecord: of an identifier the online store keeps the record with the latest event time. */
export const putRecord = operation<Input, object>('sagemaker-featurestore-runtime', 'PutRecord', {
  needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
  async perform(input, permit) {
    const { call, world } = permit
    const group = mustHaveGroup(call, input.FeatureGroupName, ['ValidationError', 400])
    checkTargets('PutRecord', group, input.TargetStores)
    const { identifier, eventTime } = checkRecord(group, input.Record)
    const expiresAt = expiryOf(eventTime, input.TtlDuration ?? group.description.OnlineStoreConfig?.TtlDuration)
    const key = await keyFor(permit, group)
    world.store.transaction(() => {
      const before = findRecord(world.store, group, identifier)
      if (before && before.eventTime > eventTime) return
      keep(world.store, group, identifier, {
        eventTime,
        ...(expiresAt !== undefined && { expiresAt }),
        ...seal(input.Record, key),
      })
    })
    return {}
  },
})
