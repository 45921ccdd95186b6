import type { CreateTrainingJobCommandInput, CreateTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Permit } from '../../door/call.ts'
import { Acting } from '../../jobs/acting.ts'
import { anyObject } from '../../jobs/channels.ts'
import { imageIsMissing } from '../../jobs/image.ts'
import { metricPattern } from '../../jobs/metrics.ts'
import { startJob } from '../../jobs/running.ts'
import { parseS3Uri } from '../../jobs/s3-uri.ts'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { passRole } from '../iam/pass-role.ts'
import { operation } from '../operation.ts'
import { accountOf, sagemakerArn } from './arns.ts'
import { addTagsNeed, putTags, requestTagKeys } from './tags.ts'
import { trainingJobs, transition, type TrainingJob, type TrainingJobRequest } from './training-job.ts'
import { refuseUnbuilt } from './unbuilt.ts'

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
        need('sagemaker:CreateTrainingJob', arn, { context: trainingJobKeys(input) }),
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
      await checkTrust(acting, input.RoleArn)
      await checkInputData(acting, input, call.region)
      await checkImage(acting, input)
      await checkVpc(acting, input)

      const job = newJob(input, call, arn)
      world.store.transaction(() => {
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
function trainingJobKeys(input: TrainingJobRequest): ContextValues {
  const { ResourceConfig: resources, VpcConfig: vpc, OutputDataConfig: output, StoppingCondition: stopping } = input
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:InstanceTypes': resources?.InstanceType ? [resources.InstanceType] : undefined,
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

/** Rules between members, which the model cannot state. Sentences inferred where facts have none. */
function checkRequest(input: TrainingJobRequest, call: Call): void {
  if (accountOf(input.RoleArn) !== call.account) {
    throw new AwsError('ValidationException', 'RoleArn: Cross-account pass role is not allowed.')
  }
  const names = (input.InputDataConfig ?? []).map((channel) => channel.ChannelName)
  if (new Set(names).size !== names.length) throw new AwsError('ValidationException', 'Channel names must be unique.')
  parseS3Uri(input.OutputDataConfig.S3OutputPath)
  for (const { Regex } of input.AlgorithmSpecification!.MetricDefinitions ?? []) metricPattern(Regex)
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

/** Default quota of most instance types that have one above zero. It bounds what one call may start on this machine. */
const instancesMax = 20

/** The live service's sentence; of one job's instances alone, others that run are not counted. */
function checkQuota({ ResourceConfig: resources }: TrainingJobRequest): void {
  const count = resources?.InstanceCount ?? 1
  if (count <= instancesMax) return
  throw new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${resources?.InstanceType} for training job usage' is ${instancesMax} Instances, with current utilization of 0 Instances and a request delta of ${count} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  )
}

async function checkTrust(acting: Acting, roleArn: string): Promise<void> {
  try {
    await acting.session()
  } catch (error) {
    throw because(
      error,
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    )
  }
}

/** AWS gives one sentence for three causes; `explain` tells which it was (facts: pains.md 9). */
async function checkInputData(acting: Acting, input: TrainingJobRequest, region: string): Promise<void> {
  for (const channel of input.InputDataConfig ?? []) {
    const uri = channel.DataSource.S3DataSource!.S3Uri
    const { bucket } = parseS3Uri(uri)
    const sentence = `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${input.RoleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".`
    let found: boolean
    try {
      found = await anyObject(acting, uri)
    } catch (error) {
      throw because(error, error instanceof AwsError ? `${sentence} Error message from S3: ${error.message}` : sentence)
    }
    if (!found) throw new AwsError('ValidationException', sentence)
  }
}

async function checkImage(acting: Acting, input: TrainingJobRequest): Promise<void> {
  const image = input.AlgorithmSpecification!.TrainingImage!
  if (await imageIsMissing(acting, image)) {
    throw new AwsError('ValidationException', `Cannot find the requested image: ${image}`)
  }
}

/** SageMaker's own wording is not public: EC2's verified sentence in the style that it pastes elsewhere (facts: errors.md A8.1). inferred */
async function checkVpc(acting: Acting, input: TrainingJobRequest): Promise<void> {
  if (!input.VpcConfig) return
  const { Subnets, SecurityGroupIds } = input.VpcConfig
  const vpcs = await Promise.all([
    vpcsOf(acting, 'DescribeSubnets', { SubnetIds: Subnets }, 'Subnets'),
    vpcsOf(acting, 'DescribeSecurityGroups', { GroupIds: SecurityGroupIds }, 'SecurityGroups'),
  ])
  const [subnetVpcs, groupVpcs] = vpcs
  if (new Set(subnetVpcs).size > 1) throw new AwsError('ValidationException', 'Subnets must belong to the same VPC.')
  if (subnetVpcs[0] && groupVpcs.some((vpc) => vpc !== subnetVpcs[0])) {
    throw new AwsError(
      'ValidationException',
      `Security group ${SecurityGroupIds[0]} and subnet ${Subnets[0]} belong to different networks.`,
    )
  }
}

/** VPC ids of what is named; empty when the role may not look, which the job then finds out while it runs (errors.md B3). */
async function vpcsOf(
  acting: Acting,
  operation: string,
  input: Record<string, unknown>,
  member: string,
): Promise<string[]> {
  try {
    const answer = await acting.call<Record<string, { VpcId: string }[]>>('ec2', operation, input)
    return answer[member]!.map((one) => one.VpcId)
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UnauthorizedOperation') return []
    if (!(error instanceof AwsError)) throw error
    throw because(
      error,
      `${error.message} (Service: AmazonEC2; Status Code: ${error.status}; Error Code: ${error.code}; Request ID: ${error.requestId}; Proxy: null)`,
    )
  }
}

/** A ValidationException whose reason is the record of the inner call. */
function because(cause: unknown, message: string): unknown {
  if (!(cause instanceof AwsError)) return cause
  const error = new AwsError('ValidationException', message)
  if (cause.requestId) error.causedBy = cause.requestId
  return error
}

function newJob(input: TrainingJobRequest, call: Call, arn: string): TrainingJob {
  const { Tags: _, ...request } = input
  const now = call.time / 1000
  const job: TrainingJob = {
    type: 'training-job',
    account: call.account,
    region: call.region,
    name: input.TrainingJobName,
    arn,
    roleArn: input.RoleArn,
    description: {
      ...request,
      TrainingJobArn: arn,
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      EnableInterContainerTrafficEncryption: input.EnableInterContainerTrafficEncryption ?? false,
      EnableManagedSpotTraining: false,
      CreationTime: now,
      LastModifiedTime: now,
      ModelArtifacts: { S3ModelArtifacts: '' },
    } as TrainingJob['description'],
    steps: [],
  }
  transition(job, 'InProgress', 'Starting', 'Starting the training job', now)
  return job
}
