import type { UpdateTrainingJobCommandInput, UpdateTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import type { Shape } from '../../../wire/shape.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { resourceTagKeys } from '../tags.ts'
import { trainingJobs } from './training-job.ts'
import type { TrainingJobDescription } from './training-job.ts'
import { keepAlive } from './warm-pool.ts'

/** API_UpdateTrainingJob: how long a warm pool is kept, the profiler's settings and remote debugging of a job that runs. */
export const updateTrainingJob = operation<UpdateTrainingJobCommandInput, UpdateTrainingJobCommandOutput>(
  'sagemaker',
  'UpdateTrainingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      const period = input.ResourceConfig?.KeepAlivePeriodInSeconds
      const debug = input.RemoteDebugConfig?.EnableRemoteDebug
      const context = {
        ...resourceTagKeys(call.world.store, arn),
        ...(period !== undefined && { 'sagemaker:KeepAlivePeriod': String(period) }),
        ...(debug !== undefined && { 'sagemaker:EnableRemoteDebug': String(debug) }),
      }
      return [need('sagemaker:UpdateTrainingJob', arn, { context })]
    },
    perform(input, { call, world }) {
      const job = trainingJobs.must(world.store, call, input.TrainingJobName)
      const now = world.now() / 1000
      trainingJobs.change(world.store, job, ({ description }) => {
        if (input.ResourceConfig) keepAlive(description, input.ResourceConfig.KeepAlivePeriodInSeconds, now)
        setWhileRunning(description, input)
        description.LastModifiedTime = now
      })
      return { TrainingJobArn: job.arn }
    },
  },
)

/** Of a job that is over there is nothing to profile or debug. Sentence inferred. */
function setWhileRunning(description: TrainingJobDescription, input: Shape<UpdateTrainingJobCommandInput>): void {
  const { ProfilerConfig: profiler, ProfilerRuleConfigurations: rules, RemoteDebugConfig: debug } = input
  if (!profiler && !rules && !debug) return
  const { TrainingJobStatus: status } = description
  if (status !== 'InProgress')
    throw new AwsError(
      'ValidationException',
      `The request was rejected because the training job is in status ${status}.`,
    )
  if (profiler?.DisableProfiler) {
    delete description.ProfilerConfig
    description.ProfilingStatus = 'Disabled'
  } else if (profiler) {
    description.ProfilerConfig = { ...description.ProfilerConfig, ...profiler } as typeof description.ProfilerConfig
    description.ProfilingStatus = 'Enabled'
  }
  if (rules) description.ProfilerRuleConfigurations = rules
  if (debug) description.RemoteDebugConfig = debug
}
