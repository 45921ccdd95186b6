import type { CreateTransformJobCommandInput, CreateTransformJobCommandOutput } from '@aws-sdk/client-sagemaker'
import { need, type Call, type Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { anyObject } from '../../../jobs/transfers/channels.ts'
import { startJob } from '../../../jobs/running.ts'
import { parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { storeWithGrants } from '../../../jobs/volume-grants.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { sagemakerArn } from '../arns.ts'
import { checkInstanceQuota } from '../processing/check-processing-request.ts'
import { because, checkTrust } from '../training/check-training-request.ts'
import { checkTransformRequest, refuseUnbuiltModelOf, refuseUnbuiltTransform } from './check-transform-request.ts'
import { models } from '../model/model.ts'
import { addTagsNeed, putTags, requestTagKeys } from '../tags.ts'
import { moveOn, transformJobs } from './transform-job.ts'
import type { TransformJob, TransformJobRequest } from './transform-job.ts'

/** No iam:PassRole: the role is the model's, which was passed when that was created (facts: errors.md B1). */
export const createTransformJob = operation<CreateTransformJobCommandInput, CreateTransformJobCommandOutput>(
  'sagemaker',
  'CreateTransformJob',
  {
    needs(input, call) {
      const arn = sagemakerArn(call, 'transform-job', input.TransformJobName)
      return [
        need('sagemaker:CreateTransformJob', arn, { context: transformJobKeys(input, call) }),
        ...addTagsNeed(call, arn, input.Tags),
      ]
    },
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const arn = sagemakerArn(call, 'transform-job', input.TransformJobName)
      const { InstanceType, InstanceCount, VolumeKmsKeyId } = input.TransformResources
      refuseUnbuiltTransform(input)
      checkTransformRequest(input)
      refuseTaken(permit, input.TransformJobName, arn)
      const model = models.must(world.store, call, input.ModelName)
      refuseUnbuiltModelOf(model)
      checkInstanceQuota('transform', InstanceType, InstanceCount)

      const roleArn = model.description.ExecutionRoleArn!
      const acting = new Acting(world, { roleArn, arn, account, region })
      await checkTrust(acting, roleArn)
      await checkInput(acting, input, { roleArn, region })

      const job = newJob(input, call, { arn, roleArn })
      const volumes = { keyId: VolumeKmsKeyId || undefined, count: InstanceCount }
      await storeWithGrants(world, acting, call.caller, job, volumes, () => {
        refuseTaken(permit, input.TransformJobName, arn)
        transformJobs.save(world.store, job)
        putTags(world.store, arn, input.Tags)
      })
      startJob(world, job)
      return { TransformJobArn: arn }
    },
  },
)

/** SageMaker's condition keys of the request (facts: errors.md B5; keys named there both ways are given both ways). */
function transformJobKeys(input: TransformJobRequest, call: Call): ContextValues {
  const { InstanceType, VolumeKmsKeyId } = input.TransformResources
  const [volume, output] = [VolumeKmsKeyId || undefined, input.TransformOutput.KmsKeyId || undefined]
  return {
    'sagemaker:InstanceTypes': [InstanceType],
    'sagemaker:ModelArn': models.arn(call, input.ModelName),
    ...(volume !== undefined && { 'sagemaker:VolumeKmsKey': volume, 'sagemaker:VolumeKmsKeyArn': volume }),
    ...(output !== undefined && { 'sagemaker:OutputKmsKey': output, 'sagemaker:OutputKmsKeyArn': output }),
    ...requestTagKeys(input.Tags),
  }
}

/** API_CreateTransformJob: ResourceInUse. The sentence is the live service's. [M] */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (transformJobs.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
    )
  }
}

/** inferred: that there is such a check, and that its sentence is that of training jobs (facts: errors.md A8, B3). */
async function checkInput(
  acting: Acting,
  input: TransformJobRequest,
  { roleArn, region }: { roleArn: string; region: string },
): Promise<void> {
  const { S3Uri: uri, S3DataType } = input.TransformInput.DataSource.S3DataSource
  if (S3DataType !== 'S3Prefix') return
  const sentence = `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${parseS3Uri(uri).bucket}".`
  const found = await anyObject(acting, uri).catch((error: unknown) => {
    throw because(error, error instanceof AwsError ? `${sentence} Error message from S3: ${error.message}` : sentence)
  })
  if (!found) throw new AwsError('ValidationException', sentence)
}

function newJob(
  input: TransformJobRequest,
  call: Call,
  { arn, roleArn }: { arn: string; roleArn: string },
): TransformJob {
  const { Tags: _, ...request } = input
  const { TransformInput: from, TransformOutput: to, DataProcessing: data } = request
  const now = call.time / 1000
  const job: TransformJob = {
    type: 'transform-job',
    account: call.account,
    region: call.region,
    name: input.TransformJobName,
    arn,
    roleArn,
    description: {
      ...request,
      // As DescribeTransformJob shows what was not said.
      TransformInput: { CompressionType: 'None', SplitType: 'None', ...from },
      TransformOutput: { AssembleWith: 'None', KmsKeyId: '', ...to },
      DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None', ...data },
      TransformJobArn: arn,
      CreationTime: now,
    } as TransformJob['description'],
    steps: [],
  }
  moveOn(job, 'InProgress', now)
  return job
}
