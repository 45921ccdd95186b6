import type { DescribeModelCommandInput, DescribeModelCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { models } from './model.ts'
import { onResource } from '../resource-needs.ts'

export const describeModel = operation<DescribeModelCommandInput, DescribeModelCommandOutput>(
  'sagemaker',
  'DescribeModel',
  {
    needs: (input, call) => onResource(call, models.arn(call, input.ModelName)),
    perform: (input, { call, world }) => models.must(world.store, call, input.ModelName).description,
  },
)
