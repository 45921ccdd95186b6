import type { DescribeProcessingJobCommandInput, DescribeProcessingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { processingJobs } from './processing-job.ts'
import { resourceTagKeys } from '../tags.ts'

export const describeProcessingJob = operation<DescribeProcessingJobCommandInput, DescribeProcessingJobCommandOutput>(
  'sagemaker',
  'DescribeProcessingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'processing-job', input.ProcessingJobName)
      return [need('sagemaker:DescribeProcessingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform: (input, { call, world }) => processingJobs.must(world.store, call, input.ProcessingJobName).description,
  },
)
