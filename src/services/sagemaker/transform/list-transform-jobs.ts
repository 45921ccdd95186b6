import type { ListTransformJobsCommandInput, ListTransformJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { modifiedAt, transformJobs } from './transform-job.ts'
import type { TransformJob } from './transform-job.ts'

/** API_ListTransformJobs: sorted by CreationTime, ascending only where the order is asked for ("The default is Ascending" with SortBy). */
export const listTransformJobs = operation<ListTransformJobsCommandInput, ListTransformJobsCommandOutput>(
  'sagemaker',
  'ListTransformJobs',
  {
    needs: () => [need('sagemaker:ListTransformJobs', '*', { shownAs: null })],
    perform(input, { call, world }) {
      const { items, next } = transformJobs.page(world.store, call, input, {
        sortOrder: input.SortBy ? 'Ascending' : 'Descending',
      })
      return { TransformJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description: job }: TransformJob) {
  return {
    TransformJobName: job.TransformJobName,
    TransformJobArn: job.TransformJobArn,
    CreationTime: job.CreationTime,
    LastModifiedTime: modifiedAt(job),
    TransformJobStatus: job.TransformJobStatus,
    ...(job.TransformEndTime !== undefined && { TransformEndTime: job.TransformEndTime }),
    ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
  }
}
