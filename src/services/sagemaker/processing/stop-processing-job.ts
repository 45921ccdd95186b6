import type { StopProcessingJobCommandInput, StopProcessingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { moveOn, processingJobs } from './processing-job.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_StopProcessingJob. */
export const stopProcessingJob = operation<StopProcessingJobCommandInput, StopProcessingJobCommandOutput>(
  'sagemaker',
  'StopProcessingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'processing-job', input.ProcessingJobName)
      return [need('sagemaker:StopProcessingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = processingJobs.must(world.store, call, input.ProcessingJobName)
      const status = job.description.ProcessingJobStatus
      if (status !== 'InProgress' && status !== 'Stopping') {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the processing job is in status ${status}.`,
        )
      }
      if (status === 'InProgress') {
        processingJobs.change(world.store, job, (changed) => {
          changed.stopRequested = true
          moveOn(changed, 'Stopping', world.now() / 1000)
        })
      }
      stopJob(world, job.arn)
      return {}
    },
  },
)
