import type { CreateAutoMLJobCommandInput, CreateAutoMLJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { asVersion2 } from './automl-job.ts'
import { checkVersion1 } from './check-automl-request.ts'
import { autoMLNeeds, beginAutoMLJob } from './create-auto-ml-job-v2.ts'

/** Version 1: problems of tables only; the same jobs in other words. */
export const createAutoMLJob = operation<CreateAutoMLJobCommandInput, CreateAutoMLJobCommandOutput>(
  'sagemaker',
  'CreateAutoMLJob',
  {
    needs: (input, call) => autoMLNeeds(asVersion2(input), call),
    async perform(input, permit) {
      checkVersion1(input)
      return { AutoMLJobArn: await beginAutoMLJob(permit, asVersion2(input), input) }
    },
  },
)
