import type {
  ListLabelingJobsForWorkteamCommandInput,
  ListLabelingJobsForWorkteamCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { accountOf } from '../arns.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { labelingJobs, type LabelingJob } from './labeling-job.ts'
import { workteams } from './workteam.ts'

export const listLabelingJobsForWorkteam = operation<
  ListLabelingJobsForWorkteamCommandInput,
  ListLabelingJobsForWorkteamCommandOutput
>('sagemaker', 'ListLabelingJobsForWorkteam', {
  needs: (input, call) => onResource(call, input.WorkteamArn),
  perform(input, { call, world }) {
    const { WorkteamArn: arn, JobReferenceCodeContains: code = '' } = input
    const [, , , region = '', , rest = ''] = arn.split(':', 6)
    const team = workteams.find(world.store, { account: accountOf(arn), region }, rest.slice('workteam/'.length))
    if (!team) throw new AwsError('ResourceNotFound', `Could not find workteam "${arn}".`) // inferred: sentence
    const { items, next } = labelingJobs.page(world.store, call, input, {
      keep: ({ description }) =>
        description.HumanTaskConfig.WorkteamArn === arn && description.JobReferenceCode.includes(code),
    })
    return {
      LabelingJobSummaryList: items.map((job) => summary(job)),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})

function summary({ account, description: job }: LabelingJob) {
  const { HumanLabeled = 0, Unlabeled = 0, TotalLabeled = 0 } = job.LabelCounters
  return {
    LabelingJobName: job.LabelingJobName,
    JobReferenceCode: job.JobReferenceCode,
    WorkRequesterAccountId: account,
    CreationTime: job.CreationTime,
    LabelCounters: { HumanLabeled, PendingHuman: Unlabeled, Total: TotalLabeled + Unlabeled },
    NumberOfHumanWorkersPerDataObject: job.HumanTaskConfig.NumberOfHumanWorkersPerDataObject,
  }
}
