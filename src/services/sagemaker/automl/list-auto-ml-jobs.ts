import type { ListAutoMLJobsCommandInput, ListAutoMLJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { autoMLJobs } from './automl-job.ts'
import type { AutoMLJob } from './automl-job.ts'

/** API_ListAutoMLJobs: sorted by Name unless asked otherwise, in descending order. */
export const listAutoMLJobs = operation<ListAutoMLJobsCommandInput, ListAutoMLJobsCommandOutput>(
  'sagemaker',
  'ListAutoMLJobs',
  {
    needs: () => [need('sagemaker:ListAutoMLJobs', '*', { shownAs: null })],
    perform(input, { call, world }) {
      const { items, next } = autoMLJobs.page(world.store, call, input, { sortBy: 'Name' })
      return { AutoMLJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ name, arn, description: job }: AutoMLJob) {
  return {
    AutoMLJobName: name,
    AutoMLJobArn: arn,
    AutoMLJobStatus: job.AutoMLJobStatus,
    AutoMLJobSecondaryStatus: job.AutoMLJobSecondaryStatus,
    CreationTime: job.CreationTime,
    LastModifiedTime: job.LastModifiedTime,
    ...(job.EndTime !== undefined && { EndTime: job.EndTime }),
    ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
    ...(job.PartialFailureReasons && { PartialFailureReasons: job.PartialFailureReasons }),
  }
}
