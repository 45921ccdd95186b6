import type {
  DescribeFeatureMetadataCommandInput,
  DescribeFeatureMetadataCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { featureGroups, groupAt } from './feature-group.ts'
import { mustHaveFeature } from './update-feature-metadata.ts'

export const describeFeatureMetadata = operation<
  DescribeFeatureMetadataCommandInput,
  DescribeFeatureMetadataCommandOutput
>('sagemaker', 'DescribeFeatureMetadata', {
  needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
  perform({ FeatureGroupName, FeatureName }, { call, world }) {
    const at = groupAt(FeatureGroupName, call)
    const group = featureGroups.must(world.store, at, at.name)
    const { FeatureType } = mustHaveFeature(group, FeatureName)
    return {
      FeatureGroupArn: group.arn,
      FeatureGroupName: group.name,
      FeatureName,
      FeatureType,
      ...group.metadata[FeatureName]!,
    }
  },
})
