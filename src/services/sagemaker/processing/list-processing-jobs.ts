import type { ListProcessingJobsCommandInput, ListProcessingJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { processingJobs } from './processing-job.ts'
import type { ProcessingJob } from './processing-job.ts'

/** API_ListProcessingJobs: sorted by CreationTime, ascending only where the order is asked for ("The default is Ascending" with SortBy). */
export const listProcessingJobs = operation<ListProcessingJobsCommandInput, ListProcessingJobsCommandOutput>(
  'sagemaker',
  'ListProcessingJobs',
  {
    needs: () => [need('sagemaker:ListProcessingJobs', '*', { shownAs: null })],
    perform(input, { call, world }) {
      const { items, next } = processingJobs.page(world.store, call, input, {
        sortOrder: input.SortBy ? 'Ascending' : 'Descending',
      })
      return { ProcessingJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description: job }: ProcessingJob) {
  return {
    ProcessingJobName: job.ProcessingJobName,
    ProcessingJobArn: job.ProcessingJobArn,
    CreationTime: job.CreationTime,
    LastModifiedTime: job.LastModifiedTime!,
    ProcessingJobStatus: job.ProcessingJobStatus,
    ...(job.ProcessingEndTime !== undefined && { ProcessingEndTime: job.ProcessingEndTime }),
    ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
    ...(job.ExitMessage !== undefined && { ExitMessage: job.ExitMessage }),
  }
}
