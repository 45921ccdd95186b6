import type { UpdateFeatureMetadataCommandInput, UpdateFeatureMetadataCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { refuse } from './check-feature-group.ts'
import { featureGroups, groupAt, type Feature, type FeatureGroup } from './feature-group.ts'

/** API_UpdateFeatureMetadata: "You can specify up to 25 parameters". */
const parametersMax = 25

export const updateFeatureMetadata = operation<UpdateFeatureMetadataCommandInput, UpdateFeatureMetadataCommandOutput>(
  'sagemaker',
  'UpdateFeatureMetadata',
  {
    needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
    perform(input, { call, world }) {
      const { FeatureName, Description, ParameterAdditions: added = [], ParameterRemovals: removed = [] } = input
      featureGroups.change(world.store, groupAt(input.FeatureGroupName, call), (group) => {
        mustHaveFeature(group, FeatureName)
        const metadata = group.metadata[FeatureName]!
        const parameters = new Map((metadata.Parameters ?? []).map((one) => [one.Key, one.Value]))
        for (const key of removed) parameters.delete(key)
        for (const { Key, Value } of added) parameters.set(Key, Value)
        if (parameters.size > parametersMax) refuse(`A feature can have up to ${parametersMax} parameters.`) // inferred: sentence
        metadata.Parameters = [...parameters].map(([Key, Value]) => ({ Key, Value }))
        if (Description !== undefined) metadata.Description = Description
        metadata.LastModifiedTime = call.time / 1000
      })
      return {}
    },
  },
)

/** inferred: sentence */
export function mustHaveFeature(group: FeatureGroup, name: string): Feature {
  const found = group.description.FeatureDefinitions.find(({ FeatureName }) => FeatureName === name)
  if (found) return found
  throw new AwsError(
    'ResourceNotFound',
    `Resource Not Found: Amazon SageMaker can't find a Feature with name ${name} in FeatureGroup ${group.name}`,
  )
}
