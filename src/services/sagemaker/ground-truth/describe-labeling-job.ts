import type { DescribeLabelingJobCommandInput, DescribeLabelingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { tagList, tagsOf } from '../tags.ts'
import { labelingJobs } from './labeling-job.ts'

export const describeLabelingJob = operation<DescribeLabelingJobCommandInput, DescribeLabelingJobCommandOutput>(
  'sagemaker',
  'DescribeLabelingJob',
  {
    needs: (input, call) => onResource(call, labelingJobs.arn(call, input.LabelingJobName)),
    perform(input, { call, world }) {
      const { arn, description } = labelingJobs.must(world.store, call, input.LabelingJobName)
      return { ...description, Tags: tagList(tagsOf(world.store, arn)) }
    },
  },
)
