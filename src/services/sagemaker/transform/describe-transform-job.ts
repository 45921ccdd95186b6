import type { DescribeTransformJobCommandInput, DescribeTransformJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { transformJobs } from './transform-job.ts'
import { resourceTagKeys } from '../tags.ts'

export const describeTransformJob = operation<DescribeTransformJobCommandInput, DescribeTransformJobCommandOutput>(
  'sagemaker',
  'DescribeTransformJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'transform-job', input.TransformJobName)
      return [need('sagemaker:DescribeTransformJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform: (input, { call, world }) => transformJobs.must(world.store, call, input.TransformJobName).description,
  },
)
