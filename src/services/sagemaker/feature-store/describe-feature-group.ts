import type { DescribeFeatureGroupCommandInput, DescribeFeatureGroupCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { page } from '../page.ts'
import { onResource } from '../resource-needs.ts'
import { featureGroups, groupAt } from './feature-group.ts'

/** inferred: features in one answer. */
const pageSize = 1000

/** API_DescribeFeatureGroup: the features come in pages; AWS's model has a NextToken in every answer. */
export const describeFeatureGroup = operation<DescribeFeatureGroupCommandInput, DescribeFeatureGroupCommandOutput>(
  'sagemaker',
  'DescribeFeatureGroup',
  {
    needs: (input, call) => onResource(call, groupAt(input.FeatureGroupName, call).arn),
    perform({ FeatureGroupName, NextToken }, { call, world }) {
      const at = groupAt(FeatureGroupName, call)
      const { description } = featureGroups.must(world.store, at, at.name)
      const { items, next = '' } = page(description.FeatureDefinitions, { NextToken: NextToken || undefined }, pageSize)
      return { ...description, FeatureDefinitions: items, NextToken: next }
    },
  },
)
