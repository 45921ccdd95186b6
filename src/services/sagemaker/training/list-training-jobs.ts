import type { ListTrainingJobsCommandInput, ListTrainingJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { trainingJobs } from './training-job.ts'
import type { TrainingJob } from './training-job.ts'

/** API_ListTrainingJobs: newest first unless asked otherwise; List calls have no resource (facts: errors.md B1). */
export const listTrainingJobs = operation<ListTrainingJobsCommandInput, ListTrainingJobsCommandOutput>(
  'sagemaker',
  'ListTrainingJobs',
  {
    needs: () => [need('sagemaker:ListTrainingJobs', '*', { shownAs: null })],
    perform(input, { call, world }) {
      const { items, next } = trainingJobs.page(world.store, call, input, {
        sortOrder: input.SortBy ? 'Ascending' : 'Descending',
      })
      return { TrainingJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description: job }: TrainingJob) {
  return {
    TrainingJobName: job.TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    CreationTime: job.CreationTime,
    LastModifiedTime: job.LastModifiedTime!,
    TrainingJobStatus: job.TrainingJobStatus,
    SecondaryStatus: job.SecondaryStatus,
    ...(job.TrainingEndTime === undefined ? {} : { TrainingEndTime: job.TrainingEndTime }),
  }
}
