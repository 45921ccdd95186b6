import type { CreateProcessingJobCommandInput, CreateProcessingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { startJob } from '../../../jobs/running.ts'
import { storeWithGrants } from '../../../jobs/volume-grants.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { passRole } from '../../iam/pass-role.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { checkInstanceQuota, checkProcessingRequest, refuseUnbuiltProcessing } from './check-processing-request.ts'
import { checkTrust, checkVpc } from '../training/check-training-request.ts'
import { moveOn, processingJobs } from './processing-job.ts'
import type { ProcessingJob, ProcessingJobRequest } from './processing-job.ts'
import { addTagsNeed, putTags, requestTagKeys } from '../tags.ts'
import { lackedUnconditioned } from '../unconditioned.ts'

/**
 * Order of the checks: facts errors.md B2. Of the role only its trust, its EC2 permissions and its use of the volumes' key
 * are tried at once; data and image are found out by the job (B3).
 */
export const createProcessingJob = operation<CreateProcessingJobCommandInput, CreateProcessingJobCommandOutput>(
  'sagemaker',
  'CreateProcessingJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'processing-job', input.ProcessingJobName)
      return [
        need('sagemaker:CreateProcessingJob', arn, { context: processingJobKeys(input) }),
        ...addTagsNeed(call, arn, input.Tags),
        passRole(call, input.RoleArn, 'sagemaker.amazonaws.com'),
      ]
    },
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const arn = sagemakerArn(call, 'processing-job', input.ProcessingJobName)
      const { InstanceType, InstanceCount = 1, VolumeKmsKeyId } = input.ProcessingResources.ClusterConfig
      refuseUnbuiltProcessing(input)
      checkProcessingRequest(input, call)
      refuseTaken(permit, input.ProcessingJobName, arn)
      checkInstanceQuota('processing', InstanceType, InstanceCount)

      const acting = new Acting(world, { roleArn: input.RoleArn, arn, account, region })
      await checkTrust(acting, input.RoleArn)
      const vpc = input.NetworkConfig?.VpcConfig
      if (vpc) {
        checkVpcPermissions(permit, input.RoleArn)
        await checkVpc(acting, { VpcConfig: vpc })
      }

      const job = newJob(input, call, arn)
      const volumes = { keyId: VolumeKmsKeyId || undefined, count: InstanceCount }
      await storeWithGrants(world, acting, call.caller, job, volumes, () => {
        refuseTaken(permit, input.ProcessingJobName, arn)
        processingJobs.save(world.store, job)
        putTags(world.store, arn, input.Tags)
      })
      startJob(world, job)
      return { ProcessingJobArn: arn }
    },
  },
)

/** SageMaker's condition keys of the request (facts: errors.md B5; keys named there both ways are given both ways). */
function processingJobKeys(input: ProcessingJobRequest): ContextValues {
  const { NetworkConfig: network, StoppingCondition: stopping } = input
  const { InstanceType: type, VolumeKmsKeyId } = input.ProcessingResources.ClusterConfig ?? {}
  const [volume, output] = [VolumeKmsKeyId || undefined, input.ProcessingOutputConfig?.KmsKeyId || undefined]
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:InstanceTypes': type === undefined ? undefined : [type],
    'sagemaker:VpcSubnets': network?.VpcConfig?.Subnets,
    'sagemaker:VpcSecurityGroupIds': network?.VpcConfig?.SecurityGroupIds,
    'sagemaker:NetworkIsolation': String(network?.EnableNetworkIsolation ?? false),
    'sagemaker:InterContainerTrafficEncryption': String(network?.EnableInterContainerTrafficEncryption ?? false),
    'sagemaker:MaxRuntimeInSeconds': stopping?.MaxRuntimeInSeconds?.toString(),
    'sagemaker:VolumeKmsKey': volume,
    'sagemaker:VolumeKmsKeyArn': volume,
    'sagemaker:OutputKmsKey': output,
    'sagemaker:OutputKmsKeyArn': output,
    ...requestTagKeys(input.Tags),
  }
  return Object.fromEntries(
    Object.entries(keys).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  )
}

/** API_CreateProcessingJob: ResourceInUse. The sentence is the live service's. [M] */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (processingJobs.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
    )
  }
}

/** The role page's statement for a private VPC (seed 003, "CreateProcessingJob API: Execution Role Permissions"). */
const vpcActions = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
]

/**
 * "Do not scope the policy with conditions or resource filters, or the validation checks made during creation fail" (seed 003).
 * What AWS says then is not public; before it had these checks, the job failed with its internal error (facts: errors.md A9).
 */
function checkVpcPermissions({ call, world }: Permit, roleArn: string): void {
  const lacked = lackedUnconditioned(world.store, call.account, roleArn, vpcActions)
  if (lacked.length === 0) return
  // inferred: sentence
  throw new AwsError(
    'ValidationException',
    `The execution role "${roleArn}" does not have the permissions that a processing job with a VpcConfig requires: ${lacked.join(', ')}. Please ensure that the role allows these actions without conditions or resource filters.`,
  )
}

/** "The default value is 1 day" (ProcessingStoppingCondition; SageMaker Python SDK, Processor). */
const DAY = 86_400

/** A job as it begins; model monitoring makes such ones too. */
export function newJob(
  input: ProcessingJobRequest,
  call: Pick<Call, 'account' | 'region' | 'time'>,
  arn: string,
): ProcessingJob {
  const { Tags: _, ...request } = input
  const now = call.time / 1000
  const job: ProcessingJob = {
    type: 'processing-job',
    account: call.account,
    region: call.region,
    name: input.ProcessingJobName,
    arn,
    roleArn: input.RoleArn,
    description: {
      ...request,
      ...(request.ProcessingInputs && { ProcessingInputs: request.ProcessingInputs.map(withDefaults) }),
      StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: DAY },
      ProcessingJobArn: arn,
      CreationTime: now,
    } as ProcessingJob['description'],
    steps: [],
  }
  moveOn(job, 'InProgress', now)
  return job
}

type Input = NonNullable<ProcessingJobRequest['ProcessingInputs']>[number]

/** As DescribeProcessingJob shows inputs of which not all was said. */
function withDefaults({ AppManaged = false, ...input }: Input): Input {
  const told = { S3InputMode: 'File', S3DataDistributionType: 'FullyReplicated', S3CompressionType: 'None' } as const
  return { ...input, AppManaged, ...(input.S3Input && { S3Input: { ...told, ...input.S3Input } }) }
}
