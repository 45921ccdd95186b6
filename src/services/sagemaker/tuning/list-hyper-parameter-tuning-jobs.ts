import type {
  ListHyperParameterTuningJobsCommandInput,
  ListHyperParameterTuningJobsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { tuningJobs } from './tuning-job.ts'
import type { TuningJob } from './tuning-job.ts'

/** API_ListHyperParameterTuningJobs: by name, ascending, unless asked otherwise. */
export const listHyperParameterTuningJobs = operation<
  ListHyperParameterTuningJobsCommandInput,
  ListHyperParameterTuningJobsCommandOutput
>('sagemaker', 'ListHyperParameterTuningJobs', {
  needs: () => [need('sagemaker:ListHyperParameterTuningJobs', '*', { shownAs: null })],
  perform(input, { call, world }) {
    const { items, next } = tuningJobs.page(world.store, call, input, { sortBy: 'Name', sortOrder: 'Ascending' })
    return { HyperParameterTuningJobSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
  },
})

function summary({ description: job }: TuningJob) {
  return {
    HyperParameterTuningJobName: job.HyperParameterTuningJobName,
    HyperParameterTuningJobArn: job.HyperParameterTuningJobArn,
    HyperParameterTuningJobStatus: job.HyperParameterTuningJobStatus,
    Strategy: job.HyperParameterTuningJobConfig.Strategy,
    CreationTime: job.CreationTime,
    ...(job.HyperParameterTuningEndTime !== undefined && {
      HyperParameterTuningEndTime: job.HyperParameterTuningEndTime,
    }),
    LastModifiedTime: job.LastModifiedTime!,
    TrainingJobStatusCounters: job.TrainingJobStatusCounters,
    ObjectiveStatusCounters: job.ObjectiveStatusCounters,
    ResourceLimits: job.HyperParameterTuningJobConfig.ResourceLimits,
  }
}
