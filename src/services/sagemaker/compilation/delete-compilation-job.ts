import type { DeleteCompilationJobCommandInput, DeleteCompilationJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { compilationJobs } from './compilation-job.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'

/** API_DeleteCompilationJob: only of a job that is COMPLETED, FAILED or STOPPED. Its artifact stays. */
export const deleteCompilationJob = operation<DeleteCompilationJobCommandInput, DeleteCompilationJobCommandOutput>(
  'sagemaker',
  'DeleteCompilationJob',
  {
    needs: (input, call) => onResource(call, compilationJobs.arn(call, input.CompilationJobName)),
    perform(input, { call, world }) {
      const { store } = world
      const { over, description } = compilationJobs.must(store, call, input.CompilationJobName)
      if (!over) {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the compilation job is in status ${description.CompilationJobStatus}.`,
        )
      }
      deleteResource(store, compilationJobs, call, input.CompilationJobName)
      return {}
    },
  },
)
