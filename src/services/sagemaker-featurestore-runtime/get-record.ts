import { operation } from '../operation.ts'
import { groupAt } from '../sagemaker/feature-store/feature-group.ts'
import type { FeatureValue } from '../sagemaker/feature-store/record.ts'
import { onResource } from '../sagemaker/resource-needs.ts'
import { expiryText, keyFor, mustBeOnline, mustHaveGroup, readRecord } from './online-store.ts'

interface Input {
  FeatureGroupName: string
  RecordIdentifierValueAsString: string
  FeatureNames?: string[]
  ExpirationTimeResponse?: 'Enabled' | 'Disabled'
}

interface Output {
  Record?: FeatureValue[]
  ExpiresAt?: string
}

/** API_feature_store_GetRecord: "the latest record"; where there is none, the answer is empty. */
export const getRecord = operation<Input, Output>('sagemaker-featurestore-runtime', 'GetRecord', {
  needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
  async perform(input, permit) {
    const group = mustBeOnline(mustHaveGroup(permit.call, input.FeatureGroupName, ['ResourceNotFound', 404]))
    const key = await keyFor(permit, group)
    const found = readRecord(permit, group, key, input.RecordIdentifierValueAsString, input.FeatureNames)
    if (!found) return {}
    return {
      Record: found.record,
      ...(input.ExpirationTimeResponse === 'Enabled' &&
        found.expiresAt !== undefined && { ExpiresAt: expiryText(found.expiresAt) }),
    }
  },
})
