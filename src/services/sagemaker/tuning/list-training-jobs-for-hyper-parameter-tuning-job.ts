import type {
  ListTrainingJobsForHyperParameterTuningJobCommandInput,
  ListTrainingJobsForHyperParameterTuningJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { page } from '../page.ts'
import { resourceTagKeys } from '../tags.ts'
import { tuningJobs } from './tuning-job.ts'
import { currentSummary, trialsOf } from './tuning-trials.ts'
import type { TrialSummary } from './tuning-trials.ts'

const keys: Readonly<Record<string, (summary: TrialSummary) => string | number>> = {
  Name: ({ TrainingJobName }) => TrainingJobName,
  CreationTime: ({ CreationTime }) => CreationTime,
  Status: ({ TrainingJobStatus }) => TrainingJobStatus,
  FinalObjectiveMetricValue: ({ FinalHyperParameterTuningJobObjectiveMetric: metric }) => metric!.Value,
}

/** API_ListTrainingJobsForHyperParameterTuningJob: by name, ascending; by the objective, only jobs that have one. */
export const listTrainingJobsForHyperParameterTuningJob = operation<
  ListTrainingJobsForHyperParameterTuningJobCommandInput,
  ListTrainingJobsForHyperParameterTuningJobCommandOutput
>('sagemaker', 'ListTrainingJobsForHyperParameterTuningJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    const context = resourceTagKeys(call.world.store, arn)
    return [need('sagemaker:ListTrainingJobsForHyperParameterTuningJob', arn, { context })]
  },
  perform(input, { call, world }) {
    const job = tuningJobs.must(world.store, call, input.HyperParameterTuningJobName)
    const { StatusEquals: status, SortBy: by = 'Name', SortOrder: order = 'Ascending' } = input
    const key = keys[by]!
    const sign = order === 'Ascending' ? 1 : -1
    const sorted = trialsOf(world.store, job, job.name)
      .map((trial) => currentSummary(world.store, job, trial))
      .filter((one) => status === undefined || one.TrainingJobStatus === status)
      .filter((one) => by !== 'FinalObjectiveMetricValue' || one.FinalHyperParameterTuningJobObjectiveMetric)
      .toSorted((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    const { items, next } = page(sorted, input, 10)
    return { TrainingJobSummaries: items, ...(next !== undefined && { NextToken: next }) }
  },
})
