import type { StopTransformJobCommandInput, StopTransformJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { moveOn, transformJobs } from './transform-job.ts'
import { resourceTagKeys } from '../tags.ts'

/** API_StopTransformJob. */
export const stopTransformJob = operation<StopTransformJobCommandInput, StopTransformJobCommandOutput>(
  'sagemaker',
  'StopTransformJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'transform-job', input.TransformJobName)
      return [need('sagemaker:StopTransformJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = transformJobs.must(world.store, call, input.TransformJobName)
      const status = job.description.TransformJobStatus
      if (status !== 'InProgress' && status !== 'Stopping') {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the transform job is in status ${status}.`,
        )
      }
      if (status === 'InProgress') {
        transformJobs.change(world.store, job, (changed) => {
          changed.stopRequested = true
          moveOn(changed, 'Stopping', world.now() / 1000)
        })
      }
      stopJob(world, job.arn)
      return {}
    },
  },
)
