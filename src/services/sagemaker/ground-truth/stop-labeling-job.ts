import type { StopLabelingJobCommandInput, StopLabelingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { labelingJobs } from './labeling-job.ts'
import { settleLabelingJob } from './settle-labeling-job.ts'

/** API_StopLabelingJob: "A job that is stopped cannot be restarted." Nothing was labeled, so there are no results to place. */
export const stopLabelingJob = operation<StopLabelingJobCommandInput, StopLabelingJobCommandOutput>(
  'sagemaker',
  'StopLabelingJob',
  {
    needs: (input, call) => onResource(call, labelingJobs.arn(call, input.LabelingJobName)),
    perform(input, { call, world }) {
      const { account, region } = call
      const { store } = world
      const at = { account, region, name: input.LabelingJobName }
      const stopping = store.transaction(() => {
        const job = labelingJobs.must(store, at, at.name)
        const status = job.description.LabelingJobStatus
        if (status !== 'InProgress' && status !== 'Initializing' && status !== 'Stopping') {
          // inferred: sentence
          throw new AwsError(
            'ValidationException',
            `The request was rejected because the labeling job is in status ${status}.`,
          )
        }
        putUnsettled(store, job)
        return labelingJobs.change(store, at, ({ description }) => {
          description.LabelingJobStatus = 'Stopping'
          description.LastModifiedTime = call.time / 1000
        })
      })
      settleSoon(world, stopping, settleLabelingJob)
      return {}
    },
  },
)
