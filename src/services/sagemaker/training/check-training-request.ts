import type { Call } from '../../../door/call.ts'
import type { Acting } from '../../../jobs/acting.ts'
import { anyObject } from '../../../jobs/transfers/channels.ts'
import { imageIsMissing } from '../../../jobs/image.ts'
import { metricPattern } from '../../../jobs/training/metrics.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { accountOf } from '../arns.ts'
import { checkTrainingOptions } from './check-training-options.ts'
import { transition, type TrainingJob, type TrainingJobRequest } from './training-job.ts'

/** Rules between members, which the model cannot state. Sentences inferred where facts have none. */
export function checkRequest(input: TrainingJobRequest, call: Pick<Call, 'account'>): void {
  if (accountOf(input.RoleArn) !== call.account) {
    throw new AwsError('ValidationException', 'RoleArn: Cross-account pass role is not allowed.')
  }
  const names = (input.InputDataConfig ?? []).map((channel) => channel.ChannelName)
  if (new Set(names).size !== names.length) throw new AwsError('ValidationException', 'Channel names must be unique.')
  parseS3Uri(input.OutputDataConfig.S3OutputPath)
  for (const { Regex } of input.AlgorithmSpecification!.MetricDefinitions ?? []) metricPattern(Regex)
  checkTrainingOptions(input)
}

/** Default quota of most instance types that have one above zero. It bounds what one call may start on this machine. */
const instancesMax = 20

/** How many instances a job has in all. */
export function instancesOf({ ResourceConfig: resources }: TrainingJobRequest): number {
  const groups = resources?.InstanceGroups ?? []
  return groups.length > 0 ? groups.reduce((sum, one) => sum + one.InstanceCount, 0) : (resources?.InstanceCount ?? 1)
}

/** The live service's sentence; of one job's instances alone, others that run are not counted. */
export function checkQuota(input: TrainingJobRequest): void {
  const count = instancesOf(input)
  if (count <= instancesMax) return
  const { InstanceType, InstanceGroups } = input.ResourceConfig!
  throw new AwsError(
    'ResourceLimitExceeded',
    `The account-level service limit '${InstanceType ?? InstanceGroups?.[0]?.InstanceType} for training job usage' is ${instancesMax} Instances, with current utilization of 0 Instances and a request delta of ${count} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
  )
}

/** What SageMaker tries as the role before it takes the job, in the order of facts errors.md B2: trust, input data, image, subnets. */
export async function tryRole(acting: Acting, input: TrainingJobRequest, region: string): Promise<void> {
  await checkTrust(acting, input.RoleArn)
  await checkInputData(acting, input, region)
  await checkImage(acting, input)
  await checkVpc(acting, input)
}

export async function checkTrust(acting: Acting, roleArn: string): Promise<void> {
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
export async function checkInputData(acting: Acting, input: TrainingJobRequest, region: string): Promise<void> {
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

export async function checkImage(acting: Acting, input: TrainingJobRequest): Promise<void> {
  const image = input.AlgorithmSpecification!.TrainingImage!
  if (await imageIsMissing(acting, image)) {
    throw new AwsError('ValidationException', `Cannot find the requested image: ${image}`)
  }
}

/** SageMaker's own wording is not public: EC2's verified sentence in the style that it pastes elsewhere (facts: errors.md A8.1). inferred */
export async function checkVpc(acting: Acting, input: Pick<TrainingJobRequest, 'VpcConfig'>): Promise<void> {
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
export function because(cause: unknown, message: string): unknown {
  if (!(cause instanceof AwsError)) return cause
  const error = new AwsError('ValidationException', message)
  if (cause.requestId) error.causedBy = cause.requestId
  return error
}

export function newJob(
  input: TrainingJobRequest,
  call: Pick<Call, 'account' | 'region' | 'time'>,
  arn: string,
): TrainingJob {
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
      // As DescribeTrainingJob shows what was not said.
      ...(request.InputDataConfig && {
        InputDataConfig: request.InputDataConfig.map((channel) => ({
          CompressionType: 'None',
          RecordWrapperType: 'None',
          ...channel,
        })),
      }),
      OutputDataConfig: { KmsKeyId: '', CompressionType: 'GZIP', ...request.OutputDataConfig },
      TrainingJobArn: arn,
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      EnableInterContainerTrafficEncryption: input.EnableInterContainerTrafficEncryption ?? false,
      EnableManagedSpotTraining: input.EnableManagedSpotTraining ?? false,
      CreationTime: now,
      LastModifiedTime: now,
      ModelArtifacts: { S3ModelArtifacts: '' },
      ...(input.ResourceConfig?.KeepAlivePeriodInSeconds && { WarmPoolStatus: { Status: 'InUse' } }),
    } as TrainingJob['description'],
    steps: [],
  }
  transition(job, 'InProgress', 'Starting', 'Starting the training job', now)
  return job
}
