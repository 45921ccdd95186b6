import type { StopAutoMLJobCommandInput, StopAutoMLJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { autoMLJobs, transition } from './automl-job.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_StopAutoMLJob: "a method for forcing a running job to shut down"; what its steps had done stays. */
export const stopAutoMLJob = operation<StopAutoMLJobCommandInput, StopAutoMLJobCommandOutput>(
  'sagemaker',
  'StopAutoMLJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
      return [need('sagemaker:StopAutoMLJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = autoMLJobs.must(world.store, call, input.AutoMLJobName)
      const status = job.description.AutoMLJobStatus
      if (status !== 'InProgress' && status !== 'Stopping') {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the AutoML job is in status ${status}.`,
        )
      }
      if (status === 'InProgress') {
        autoMLJobs.change(world.store, job, (changed) => {
          changed.stopRequested = true
          transition(changed, 'Stopping', 'Stopping', world.now() / 1000)
        })
      }
      stopJob(world, job.arn)
      return {}
    },
  },
)
