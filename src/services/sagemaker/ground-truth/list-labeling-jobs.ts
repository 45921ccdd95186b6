import type { ListLabelingJobsCommandInput, ListLabelingJobsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { labelingJobs, type LabelingJob } from './labeling-job.ts'

export const listLabelingJobs = operation<ListLabelingJobsCommandInput, ListLabelingJobsCommandOutput>(
  'sagemaker',
  'ListLabelingJobs',
  {
    needs: (_, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = labelingJobs.page(world.store, call, input, {
        sortOrder: input.SortBy ? 'Ascending' : 'Descending',
      })
      return { LabelingJobSummaryList: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description: job }: LabelingJob) {
  const { PreHumanTaskLambdaArn, AnnotationConsolidationConfig: consolidation, WorkteamArn } = job.HumanTaskConfig
  return {
    LabelingJobName: job.LabelingJobName,
    LabelingJobArn: job.LabelingJobArn,
    CreationTime: job.CreationTime,
    LastModifiedTime: job.LastModifiedTime,
    LabelingJobStatus: job.LabelingJobStatus,
    LabelCounters: job.LabelCounters,
    WorkteamArn,
    ...(PreHumanTaskLambdaArn !== undefined && { PreHumanTaskLambdaArn }),
    ...(consolidation && { AnnotationConsolidationLambdaArn: consolidation.AnnotationConsolidationLambdaArn }),
    ...(job.FailureReason !== undefined && { FailureReason: job.FailureReason }),
    InputConfig: job.InputConfig,
  }
}
