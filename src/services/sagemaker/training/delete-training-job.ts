import type { DeleteTrainingJobCommandInput, DeleteTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { whenEnded } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { deleteResource } from '../delete-resource.ts'
import { resourceTagKeys } from '../tags.ts'
import { trainingJobs } from './training-job.ts'
import { warmPoolNow } from './warm-pool.ts'

/** API_DeleteTrainingJob: only of a job in a terminal state that keeps no warm pool; its name is free again. Sentences inferred. */
export const deleteTrainingJob = operation<DeleteTrainingJobCommandInput, DeleteTrainingJobCommandOutput>(
  'sagemaker',
  'DeleteTrainingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      return [need('sagemaker:DeleteTrainingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    async perform(input, { call, world }) {
      const { arn, over, description } = trainingJobs.must(world.store, call, input.TrainingJobName)
      if (!over) {
        throw new AwsError(
          'ResourceInUse',
          `The request was rejected because the training job is in status ${description.TrainingJobStatus}.`,
        )
      }
      if (warmPoolNow(description, world.now() / 1000)?.Status === 'Available') {
        throw new AwsError('ResourceInUse', 'The request was rejected because the training job retains a warm pool.')
      }
      // Its outcome is known, but its interfaces and files may still be on their way out.
      await whenEnded(world, arn)
      deleteResource(world.store, trainingJobs, call, input.TrainingJobName)
      return {}
    },
  },
)
