import type { CreateTrainingJobCommandInput, CreateTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need, type Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { startJob } from '../../../jobs/running.ts'
import { storeWithGrants } from '../../../jobs/volume-grants.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { passRole } from '../../iam/pass-role.ts'
import { operation } from '../../operation.ts'
import { accountOf, sagemakerArn } from '../arns.ts'
import { isAutoMLStep } from '../automl/automl-job.ts'
import { checkQuota, checkRequest, instancesOf, newJob, tryRole } from './check-training-request.ts'
import { addTagsNeed, putTags, requestTagKeys } from '../tags.ts'
import { trainingJobs, type TrainingJobRequest } from './training-job.ts'
import { refuseUnbuilt } from '../unbuilt.ts'

/**
 * Order of the checks: facts errors.md B2. What the caller must be allowed comes first; then the role is tried, from
 * SageMaker's own network: trust, input data, image, subnets. What the role lacks beyond that fails the job while it runs.
 */
export const createTrainingJob = operation<CreateTrainingJobCommandInput, CreateTrainingJobCommandOutput>(
  'sagemaker',
  'CreateTrainingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      return [
        // AutoML makes its steps itself: of its role it asks no more than that it may be passed on (seed 003).
        ...(isAutoMLStep(call) ? [] : [need('sagemaker:CreateTrainingJob', arn, { context: trainingJobKeys(input) })]),
        ...addTagsNeed(call, arn, input.Tags),
        // A role of another account is refused in words of its own (perform), whatever the caller may pass.
        ...(accountOf(input.RoleArn) === call.account
          ? [passRole(call, input.RoleArn, 'sagemaker.amazonaws.com')]
          : []),
      ]
    },
    async perform(input, permit) {
      const { call, world } = permit
      const arn = sagemakerArn(call, 'training-job', input.TrainingJobName)
      refuseUnbuilt(input)
      checkRequest(input, call)
      refuseTaken(permit, input.TrainingJobName, arn)
      checkQuota(input)

      const acting = new Acting(world, {
        roleArn: input.RoleArn,
        arn,
        account: call.account,
        region: call.region,
      })
      await tryRole(acting, input, call.region)

      const job = newJob(input, call, arn)
      if (isAutoMLStep(call)) job.description.AutoMLJobArn = call.onBehalfOf!
      const volumes = { keyId: input.ResourceConfig?.VolumeKmsKeyId || undefined, count: instancesOf(input) }
      await storeWithGrants(world, acting, call.caller, job, volumes, () => {
        refuseTaken(permit, input.TrainingJobName, arn)
        trainingJobs.save(world.store, job)
        putTags(world.store, arn, input.Tags)
      })
      startJob(world, job)
      return { TrainingJobArn: arn }
    },
  },
)

/** SageMaker's condition keys of the request (facts: errors.md B5; keys named there both ways are given both ways). */
export function trainingJobKeys(input: TrainingJobRequest): ContextValues {
  const { ResourceConfig: resources, VpcConfig: vpc, OutputDataConfig: output, StoppingCondition: stopping } = input
  const instanceTypes = [
    resources?.InstanceType,
    ...(resources?.InstanceGroups ?? []).map((one) => one.InstanceType),
  ].filter((one) => one !== undefined)
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:InstanceTypes': instanceTypes.length > 0 ? instanceTypes : undefined,
    'sagemaker:VpcSubnets': vpc?.Subnets,
    'sagemaker:VpcSecurityGroupIds': vpc?.SecurityGroupIds,
    'sagemaker:NetworkIsolation': String(input.EnableNetworkIsolation ?? false),
    'sagemaker:InterContainerTrafficEncryption': String(input.EnableInterContainerTrafficEncryption ?? false),
    'sagemaker:MaxRuntimeInSeconds': stopping?.MaxRuntimeInSeconds?.toString(),
    'sagemaker:VolumeKmsKey': resources?.VolumeKmsKeyId,
    'sagemaker:VolumeKmsKeyArn': resources?.VolumeKmsKeyId,
    'sagemaker:OutputKmsKey': output?.KmsKeyId || undefined,
    'sagemaker:OutputKmsKeyArn': output?.KmsKeyId || undefined,
    'sagemaker:KeepAlivePeriod': resources?.KeepAlivePeriodInSeconds?.toString(),
    'sagemaker:EnableRemoteDebug': input.RemoteDebugConfig?.EnableRemoteDebug?.toString(),
    ...requestTagKeys(input.Tags),
  }
  return Object.fromEntries(
    Object.entries(keys).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  )
}

/** API_CreateTrainingJob: ResourceInUse. The sentence is the live service's. [M] */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (trainingJobs.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
    )
  }
}
