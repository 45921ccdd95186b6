import type {
  CreateHyperParameterTuningJobCommandInput,
  CreateHyperParameterTuningJobCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { need, type Call, type Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { startJob } from '../../../jobs/running.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { passRole } from '../../iam/pass-role.ts'
import { operation } from '../../operation.ts'
import { accountOf, sagemakerArn } from '../arns.ts'
import { tryRole } from '../training/check-training-request.ts'
import { checkTuningRequest } from './check-tuning-request.ts'
import { trainingJobKeys } from '../training/create-training-job.ts'
import { addTagsNeed, putTags, requestTagKeys } from '../tags.ts'
import { definitionsOf, trainingRequestOf, tuningJobs } from './tuning-job.ts'
import type { TuningJob, TuningRequest } from './tuning-job.ts'

/** Order of the checks: facts errors.md B2, those of CreateTrainingJob for each definition. */
export const createHyperParameterTuningJob = operation<
  CreateHyperParameterTuningJobCommandInput,
  CreateHyperParameterTuningJobCommandOutput
>('sagemaker', 'CreateHyperParameterTuningJob', {
  needs(input, call) {
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    const roles = new Set(definitionsOf(input).map(({ RoleArn }) => RoleArn))
    return [
      need('sagemaker:CreateHyperParameterTuningJob', arn, { context: tuningJobKeys(input) }),
      ...addTagsNeed(call, arn, input.Tags),
      // A role of another account is refused in words of its own (perform), whatever the caller may pass.
      ...[...roles]
        .filter((role) => accountOf(role) === call.account)
        .map((role) => passRole(call, role, 'sagemaker.amazonaws.com')),
    ]
  },
  async perform(input, permit) {
    const { call, world } = permit
    const arn = sagemakerArn(call, 'hyper-parameter-tuning-job', input.HyperParameterTuningJobName)
    checkTuningRequest(world.store, input, call)
    refuseTaken(permit, input.HyperParameterTuningJobName, arn)
    for (const definition of definitionsOf(input)) {
      const acting = new Acting(world, {
        roleArn: definition.RoleArn,
        arn,
        // What takes the role is a training job (facts: errors.md B4).
        sourceArn: sagemakerArn(call, 'training-job', input.HyperParameterTuningJobName),
        account: call.account,
        region: call.region,
      })
      await tryRole(acting, trainingRequestOf(definition, input.HyperParameterTuningJobName, {}), call.region)
    }
    const job = newTuningJob(input, call, arn)
    world.store.transaction(() => {
      refuseTaken(permit, input.HyperParameterTuningJobName, arn)
      tuningJobs.save(world.store, job)
      putTags(world.store, arn, input.Tags)
    })
    startJob(world, job)
    return { HyperParameterTuningJobArn: arn }
  },
})

/** Keys that a tuning job has not (facts: errors.md B5). */
const trainingOnly = new Set(['sagemaker:KeepAlivePeriod', 'sagemaker:EnableRemoteDebug'])

/** Those of all definitions together: of a truth value the less strict, of a number the greatest, else every value there is. */
function tuningJobKeys(input: TuningRequest): ContextValues {
  const all = new Map<string, string[]>()
  for (const definition of definitionsOf(input))
    for (const [key, value] of Object.entries(trainingJobKeys(trainingRequestOf(definition, 'any', {}))))
      if (!trainingOnly.has(key)) all.set(key, [...new Set([...(all.get(key) ?? []), ...[value].flat()])])
  const lists = new Set(['sagemaker:InstanceTypes', 'sagemaker:VpcSubnets', 'sagemaker:VpcSecurityGroupIds'])
  const merged = [...all].map(([key, values]): [string, string | readonly string[]] => {
    if (key === 'sagemaker:InstanceTypes') return [key, instanceTypes(input)]
    if (lists.has(key) || (values.length > 1 && !values.every((one) => /^(true|false|\d+)$/.test(one))))
      return [key, values]
    if (values.includes('false')) return [key, 'false']
    return [key, values.length > 1 ? String(Math.max(...values.map(Number))) : values[0]!]
  })
  return { ...Object.fromEntries(merged), ...requestTagKeys(input.Tags) }
}

/** Every type that a training job may come to run on. */
function instanceTypes(input: TuningRequest): string[] {
  const types = definitionsOf(input).flatMap(
    ({ ResourceConfig: one, HyperParameterTuningResourceConfig: flexible }) => [
      one?.InstanceType,
      flexible?.InstanceType,
      ...(flexible?.InstanceConfigs ?? []).map(({ InstanceType }) => InstanceType),
    ],
  )
  return [...new Set(types.filter((type) => type !== undefined))]
}

/** API_CreateHyperParameterTuningJob: ResourceInUse. The sentence is that of training jobs. inferred */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (!tuningJobs.find(world.store, call, name)) return
  throw new AwsError(
    'ResourceInUse',
    `Hyper parameter tuning job names must be unique within an AWS account and region, and a hyper parameter tuning job with this name already exists (${arn})`,
  )
}

function newTuningJob(input: TuningRequest, call: Call, arn: string): TuningJob {
  const { Tags: _, ...request } = input
  const now = call.time / 1000
  return {
    type: 'hyper-parameter-tuning-job',
    account: call.account,
    region: call.region,
    name: input.HyperParameterTuningJobName,
    arn,
    roleArn: definitionsOf(input)[0]!.RoleArn,
    description: {
      ...request,
      HyperParameterTuningJobConfig: {
        ...request.HyperParameterTuningJobConfig,
        TrainingJobEarlyStoppingType: request.HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType ?? 'Off',
      },
      HyperParameterTuningJobArn: arn,
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      TrainingJobStatusCounters: { Completed: 0, InProgress: 0, RetryableError: 0, NonRetryableError: 0, Stopped: 0 },
      ObjectiveStatusCounters: { Succeeded: 0, Pending: 0, Failed: 0 },
    },
    steps: [],
  }
}
