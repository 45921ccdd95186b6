import type {
  StopHyperParameterTuningJobCommandInput,
  StopHyperParameterTuningJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { resourceTagKeys } from '../tags.ts'
import { tuningJobs } from './tuning-job.ts'

/** API_StopHyperParameterTuningJob: "stops a running hyperparameter tuning job and all running training jobs that the tuning job launched". */
export const stopHyperParameterTuningJob = operation<
  StopHyperParameterTuningJobCommandInput,
  StopHyperParameterTuningJobCommandOutput
>('sagemaker', 'StopHyperParameterTuningJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    return [need('sagemaker:StopHyperParameterTuningJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
  },
  perform(input, { call, world }) {
    const job = tuningJobs.must(world.store, call, input.HyperParameterTuningJobName)
    const status = job.description.HyperParameterTuningJobStatus
    if (status !== 'InProgress' && status !== 'Stopping') {
      // inferred: sentence
      throw new AwsError(
        'ValidationException',
        `The request was rejected because the hyperparameter tuning job is in status ${status}.`,
      )
    }
    if (status === 'InProgress') {
      tuningJobs.change(world.store, job, (changed) => {
        changed.stopRequested = true
        changed.description.HyperParameterTuningJobStatus = 'Stopping'
        changed.description.LastModifiedTime = world.now() / 1000
      })
    }
    stopJob(world, job.arn)
    return {}
  },
})
