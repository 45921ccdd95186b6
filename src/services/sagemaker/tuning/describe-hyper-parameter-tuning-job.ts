import type {
  DescribeHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { resourceTagKeys } from '../tags.ts'
import { tuningJobs } from './tuning-job.ts'

export const describeHyperParameterTuningJob = operation<
  DescribeHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommandOutput
>('sagemaker', 'DescribeHyperParameterTuningJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    return [need('sagemaker:DescribeHyperParameterTuningJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
  },
  perform(input, { call, world }) {
    const { description } = tuningJobs.must(world.store, call, input.HyperParameterTuningJobName)
    const end = description.HyperParameterTuningEndTime ?? world.now() / 1000
    return { ...description, ConsumedResources: { RuntimeInSeconds: Math.round(end - description.CreationTime) } }
  },
})
