import type { StopTrainingJobCommandInput, StopTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { resourceTagKeys } from '../tags.ts'
import { trainingJobs, transition } from './training-job.ts'

/** API_StopTrainingJob: SIGTERM, 120 s for the program to save its model, then SIGKILL; what it saved is uploaded. */
export const stopTrainingJob = operation<StopTrainingJobCommandInput, StopTrainingJobCommandOutput>(
  'sagemaker',
  'StopTrainingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      return [need('sagemaker:StopTrainingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const job = trainingJobs.must(world.store, call, input.TrainingJobName)
      const status = job.description.TrainingJobStatus
      if (status !== 'InProgress' && status !== 'Stopping') {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the training job is in status ${status}.`,
        )
      }
      if (status === 'InProgress') {
        trainingJobs.change(world.store, job, (changed) => {
          changed.stopRequested = true
          transition(changed, 'Stopping', 'Stopping', 'Stopping the training job', world.now() / 1000)
        })
      }
      stopJob(world, job.arn)
      return {}
    },
  },
)
