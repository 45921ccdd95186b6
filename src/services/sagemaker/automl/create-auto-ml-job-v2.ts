import type { CreateAutoMLJobV2CommandInput, CreateAutoMLJobV2CommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../../door/call.ts'
import type { Call, Need, Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { stepsImage } from '../../../jobs/automl/image.ts'
import { newName, preparation, stepRequest } from '../../../jobs/automl/steps.ts'
import { startJob } from '../../../jobs/running.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { autoMLJobs, given } from './automl-job.ts'
import type { AutoMLJob, AutoMLJobRequest, AutoMLJobV1Request } from './automl-job.ts'
import { checkAutoMLRequest, refuseUnbuiltAutoML } from './check-automl-request.ts'
import { tryRole } from '../training/check-training-request.ts'
import { passesRole } from '../passed-role.ts'
import { addTagsNeed, putTags, requestTagKeys } from '../tags.ts'
import type { TrainingJobRequest } from '../training/training-job.ts'
import { refuseUnbuilt } from '../unbuilt.ts'

export const createAutoMLJobV2 = operation<CreateAutoMLJobV2CommandInput, CreateAutoMLJobV2CommandOutput>(
  'sagemaker',
  'CreateAutoMLJobV2',
  {
    needs: (input, call) => autoMLNeeds(input, call),
    async perform(input, permit) {
      return { AutoMLJobArn: await beginAutoMLJob(permit, input) }
    },
  },
)

/** Order of the checks: facts errors.md B1, B2. */
export function autoMLNeeds(input: AutoMLJobRequest, call: Call): Need[] {
  const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
  return [
    need(`sagemaker:${call.operation}`, arn, { context: autoMLKeys(input) }),
    ...addTagsNeed(call, arn, input.Tags),
    ...passesRole(call, input.RoleArn),
  ]
}

/** SageMaker's condition keys of the request (facts: errors.md B5; keys named there both ways are given both ways). */
function autoMLKeys({ SecurityConfig: security, OutputDataConfig: output, Tags }: AutoMLJobRequest): ContextValues {
  const volumeKey = security?.VolumeKmsKeyId || undefined
  const outputKey = output.KmsKeyId || undefined
  return given({
    'sagemaker:InterContainerTrafficEncryption': String(security?.EnableInterContainerTrafficEncryption ?? false),
    'sagemaker:VpcSubnets': security?.VpcConfig?.Subnets,
    'sagemaker:VpcSecurityGroupIds': security?.VpcConfig?.SecurityGroupIds,
    'sagemaker:VolumeKmsKey': volumeKey,
    'sagemaker:VolumeKmsKeyArn': volumeKey,
    'sagemaker:OutputKmsKey': outputKey,
    'sagemaker:OutputKmsKeyArn': outputKey,
    ...requestTagKeys(Tags),
  }) as ContextValues
}

/** Creates a job of either version; returns its ARN. */
export async function beginAutoMLJob(
  permit: Permit,
  input: AutoMLJobRequest,
  v1?: AutoMLJobV1Request,
): Promise<string> {
  const { call, world } = permit
  const arn = sagemakerArn(call, 'automl-job', input.AutoMLJobName)
  refuseUnbuiltAutoML(call.operation, input)
  checkAutoMLRequest(input, call)
  refuseTaken(permit, input.AutoMLJobName, arn)

  const job = newJob(input, v1, call, arn)
  const image = await stepsImage(world, call.region)
  // What the first step will ask for is tried now, as for a training job: trust, input data, subnets.
  const step = { name: newName(world, job.name, 'dpp1-1'), outputPath: input.OutputDataConfig.S3OutputPath }
  const request = stepRequest(job, image, step, preparation(job)) as unknown as TrainingJobRequest
  refuseUnbuilt(request)
  await tryRole(
    new Acting(world, { roleArn: input.RoleArn, arn, account: call.account, region: call.region }),
    request,
    call.region,
  )

  world.store.transaction(() => {
    refuseTaken(permit, input.AutoMLJobName, arn)
    world.store.put(NAMES, nameKey(call, input.AutoMLJobName), {})
    autoMLJobs.save(world.store, job)
    putTags(world.store, arn, input.Tags)
  })
  startJob(world, job)
  return arn
}

/** Names that are taken, in lower case. */
const NAMES = 'sagemaker/automl-job/names'

const nameKey = ({ account, region }: Call, name: string) => `${account}/${region}/${name.toLowerCase()}`

/** API_CreateAutoMLJob: the name is unique to the account and case insensitive. inferred: the sentence, by analogy with training jobs. */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (!world.store.get(NAMES, nameKey(call, name))) return
  throw new AwsError(
    'ResourceInUse',
    `AutoML job names must be unique within an AWS account and region, and an AutoML job with this name already exists (${arn})`,
  )
}

function newJob(input: AutoMLJobRequest, v1: AutoMLJobV1Request | undefined, call: Call, arn: string): AutoMLJob {
  const { Tags: _, ...request } = input
  const now = call.time / 1000
  return {
    type: 'automl-job',
    account: call.account,
    region: call.region,
    name: input.AutoMLJobName,
    arn,
    roleArn: input.RoleArn,
    description: {
      ...(v1 && { v1: withoutTags(v1) }),
      request,
      CreationTime: now,
      LastModifiedTime: now,
      AutoMLJobStatus: 'InProgress',
      AutoMLJobSecondaryStatus: 'Starting',
      candidates: [],
    },
    steps: [],
  }
}

function withoutTags({ Tags: _, ...request }: AutoMLJobV1Request): Omit<AutoMLJobV1Request, 'Tags'> {
  return request
}
