import type { ListTrainingJobsCommandInput, ListTrainingJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { page } from './page.ts'
import { jobsOf, type TrainingJob } from './training-job.ts'

type Input = Shape<ListTrainingJobsCommandInput>
type Description = TrainingJob['description']

/** API_ListTrainingJobs: newest first unless asked otherwise; List calls have no resource (facts: errors.md B1). */
export const listTrainingJobs = operation<ListTrainingJobsCommandInput, ListTrainingJobsCommandOutput>(
  'sagemaker',
  'ListTrainingJobs',
  {
    needs: () => [need('sagemaker:ListTrainingJobs', '*', { shownAs: null })],
    perform(input, { call, world }) {
      const found = jobsOf(world.store, call.account, call.region)
        .map((job) => job.description)
        .filter((job) => wanted(job, input))
        .sort(order(input))
      const { items, next } = page(found, input, 10)
      return { TrainingJobSummaries: items.map(summary), ...(next ? { NextToken: next } : {}) }
    },
  },
)

function wanted(job: Description, input: Input): boolean {
  const created = job.CreationTime
  const modified = job.LastModifiedTime!
  return (
    (input.NameContains === undefined ||
      job.TrainingJobName.toLowerCase().includes(input.NameContains.toLowerCase())) &&
    (input.StatusEquals === undefined || job.TrainingJobStatus === input.StatusEquals) &&
    (input.CreationTimeAfter === undefined || created > input.CreationTimeAfter) &&
    (input.CreationTimeBefore === undefined || created < input.CreationTimeBefore) &&
    (input.LastModifiedTimeAfter === undefined || modified > input.LastModifiedTimeAfter) &&
    (input.LastModifiedTimeBefore === undefined || modified < input.LastModifiedTimeBefore)
  )
}

const sortKeys = {
  Name: (job: Description) => job.TrainingJobName,
  Status: (job: Description) => job.TrainingJobStatus,
  CreationTime: (job: Description) => job.CreationTime,
}

function order(input: Input): (a: Description, b: Description) => number {
  const key = sortKeys[input.SortBy ?? 'CreationTime']
  const sign = (input.SortOrder ?? (input.SortBy ? 'Ascending' : 'Descending')) === 'Ascending' ? 1 : -1
  return (a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)
}

function summary(job: Description) {
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
