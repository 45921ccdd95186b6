import type { StopCompilationJobCommandInput, StopCompilationJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { stopJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { compilationJobs, moveOn } from './compilation-job.ts'
import { onResource } from '../resource-needs.ts'

/** API_StopCompilationJob: STOPPING at once, STOPPED when the compiler has ended. */
export const stopCompilationJob = operation<StopCompilationJobCommandInput, StopCompilationJobCommandOutput>(
  'sagemaker',
  'StopCompilationJob',
  {
    needs: (input, call) => onResource(call, compilationJobs.arn(call, input.CompilationJobName)),
    perform(input, { call, world }) {
      const job = compilationJobs.must(world.store, call, input.CompilationJobName)
      const status = job.description.CompilationJobStatus
      if (job.over) {
        // inferred: sentence
        throw new AwsError(
          'ValidationException',
          `The request was rejected because the compilation job is in status ${status}.`,
        )
      }
      if (status !== 'STOPPING') {
        compilationJobs.change(world.store, job, (changed) => {
          changed.stopRequested = true
          moveOn(changed, 'STOPPING', world.now() / 1000)
        })
      }
      stopJob(world, job.arn)
      return {}
    },
  },
)
