import type { DescribeTrainingJobCommandInput, DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { resourceTagKeys } from '../tags.ts'
import { trainingJobs } from './training-job.ts'
import { warmPoolNow } from './warm-pool.ts'

export const describeTrainingJob = operation<DescribeTrainingJobCommandInput, DescribeTrainingJobCommandOutput>(
  'sagemaker',
  'DescribeTrainingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      return [need('sagemaker:DescribeTrainingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const { description } = trainingJobs.must(world.store, call, input.TrainingJobName)
      const WarmPoolStatus = warmPoolNow(description, world.now() / 1000)
      return WarmPoolStatus ? { ...description, WarmPoolStatus } : description
    },
  },
)
