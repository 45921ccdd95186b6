import type {
  DeleteHyperParameterTuningJobCommandInput,
  DeleteHyperParameterTuningJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { removeTags, resourceTagKeys, tagsOf } from '../tags.ts'
import { tuningJobs } from './tuning-job.ts'
import { deleteTrials } from './tuning-trials.ts'

/** API_DeleteHyperParameterTuningJob: the tuning job's entry alone; "It does not delete training jobs, artifacts, or the IAM role". */
export const deleteHyperParameterTuningJob = operation<
  DeleteHyperParameterTuningJobCommandInput,
  DeleteHyperParameterTuningJobCommandOutput
>('sagemaker', 'DeleteHyperParameterTuningJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    return [need('sagemaker:DeleteHyperParameterTuningJob', arn, { context: resourceTagKeys(call.world.store, arn) })]
  },
  perform(input, { call, world }) {
    const { store } = world
    const job = tuningJobs.must(store, call, input.HyperParameterTuningJobName)
    const status = job.description.HyperParameterTuningJobStatus
    if (!job.over) {
      // inferred: sentence
      throw new AwsError(
        'ValidationException',
        `The request was rejected because the hyperparameter tuning job is in status ${status}.`,
      )
    }
    store.transaction(() => {
      removeTags(store, job.arn, Object.keys(tagsOf(store, job.arn)))
      deleteTrials(store, job, job.name)
      tuningJobs.delete(store, job)
    })
    return {}
  },
})
