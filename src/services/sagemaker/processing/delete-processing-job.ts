import type { DeleteProcessingJobCommandInput, DeleteProcessingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { processingJobs } from './processing-job.ts'
import { removeTags, resourceTagKeys, tagsOf } from '../tags.ts'

/** API_DeleteProcessingJob: only of a job that is over ("InProgress or Stopping … cannot be deleted"). */
export const deleteProcessingJob = operation<DeleteProcessingJobCommandInput, DeleteProcessingJobCommandOutput>(
  'sagemaker',
  'DeleteProcessingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'processing-job', input.ProcessingJobName)
      return [need('sagemaker:DeleteProcessingJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
    },
    perform(input, { call, world }) {
      const { store } = world
      const job = processingJobs.must(store, call, input.ProcessingJobName)
      const status = job.description.ProcessingJobStatus
      if (!job.over) {
        // inferred: sentence
        throw new AwsError(
          'ResourceInUse',
          `The request was rejected because the processing job is in status ${status}.`,
        )
      }
      store.transaction(() => {
        removeTags(store, job.arn, Object.keys(tagsOf(store, job.arn)))
        processingJobs.delete(store, job)
      })
      return {}
    },
  },
)
