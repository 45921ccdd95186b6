import { operation } from '../operation.ts'
import { groupAt } from '../sagemaker/feature-store/feature-group.ts'
import { findRecord, putRecord, removeRecord } from '../sagemaker/feature-store/record.ts'
import { onResource } from '../sagemaker/resource-needs.ts'
import { eventTimeOf } from './check-record.ts'
import { expiryOf } from './event-time.ts'
import { invalid, keyFor, mustHaveGroup } from './online-store.ts'
import { checkTargets } from './target-stores.ts'

interface Input {
  FeatureGroupName: string
  RecordIdentifierValueAsString: string
  EventTime: string
  TargetStores?: string[]
  DeletionMode?: 'SoftDelete' | 'HardDelete'
}

/**
 * API_feature_store_DeleteRecord: the event time "must be set later than the EventTime of the existing record"; else a soft
 * deletion does nothing and a hard one is refused. A soft one leaves its event time behind.
 */
export const deleteRecord = operation<Input, object>('sagemaker-featurestore-runtime', 'DeleteRecord', {
  needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
  async perform(input, permit) {
    const { call, world } = permit
    const group = mustHaveGroup(call, input.FeatureGroupName, ['ValidationError', 400])
    checkTargets('DeleteRecord', group, input.TargetStores)
    const identifier = input.RecordIdentifierValueAsString
    if (!identifier) throw invalid('RecordIdentifierValueAsString must have a value.') // inferred: sentence
    const eventTime = eventTimeOf(group, input.EventTime)
    // Whoever may not open the store may not empty it (API_OnlineStoreSecurityConfig: kms:Decrypt for DeleteRecord).
    await keyFor(permit, group)
    world.store.transaction(() => {
      const before = findRecord(world.store, group, identifier)
      const isLater = !before || eventTime > before.eventTime
      if (input.DeletionMode === 'HardDelete') {
        // inferred: sentence
        if (!isLater) throw invalid('EventTime must be later than the EventTime of the existing record.')
        removeRecord(world.store, group, identifier)
      } else if (isLater) {
        const expiresAt = expiryOf(eventTime, group.description.OnlineStoreConfig?.TtlDuration)
        putRecord(world.store, group, identifier, { eventTime, ...(expiresAt !== undefined && { expiresAt }) })
      }
    })
    return {}
  },
})
