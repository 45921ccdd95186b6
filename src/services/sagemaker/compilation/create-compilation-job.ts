import type { CreateCompilationJobCommandInput, CreateCompilationJobCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { startJob } from '../../../jobs/running.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { compilationJobs, moveOn } from './compilation-job.ts'
import type { CompilationJob, CompilationJobRequest } from './compilation-job.ts'
import { inferenceImage } from '../model/inference-image.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'

/**
 * Order of the checks: facts errors.md B2. Of the role only its trust is tried at once; model, bucket and VPC are found
 * out by the job (B3). The action has no condition keys of SageMaker's but the tags (B5).
 */
export const createCompilationJob = operation<CreateCompilationJobCommandInput, CreateCompilationJobCommandOutput>(
  'sagemaker',
  'CreateCompilationJob',
  {
    needs(input, call) {
      const arn = compilationJobs.arn(call, input.CompilationJobName)
      return [...toCreate(call, arn, input.Tags), ...passesRole(call, input.RoleArn)]
    },
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const arn = compilationJobs.arn(call, input.CompilationJobName)
      refuseNotBuilt('CreateCompilationJob', { ModelPackageVersionArn: input.ModelPackageVersionArn })
      checkRequest(input, call)
      refuseTaken(permit, input.CompilationJobName, arn)
      await checkTrust(new Acting(world, { roleArn: input.RoleArn, arn, account, region }), input.RoleArn)

      const job = newJob(input, call, arn)
      world.store.transaction(() => {
        refuseTaken(permit, input.CompilationJobName, arn)
        compilationJobs.save(world.store, job)
        putTags(world.store, arn, input.Tags)
      })
      startJob(world, job)
      return { CompilationJobArn: arn }
    },
  },
)

/** Rules between members, which the model cannot state (API_CreateCompilationJob, API_OutputConfig). inferred: sentences */
function checkRequest(input: CompilationJobRequest, call: Call): void {
  refuseForeignRole(call, input.RoleArn)
  const { InputConfig: from, OutputConfig: to } = input
  if (!from) throw invalid('Either InputConfig or ModelPackageVersionArn must be specified.')
  if (Boolean(to.TargetDevice) === Boolean(to.TargetPlatform)) {
    throw invalid('OutputConfig: Exactly one of TargetDevice and TargetPlatform must be specified.')
  }
  for (const uri of [from.S3Uri, to.S3OutputLocation])
    if (!/^s3:\/\/[^/]+/.test(uri)) throw invalid(`Invalid S3 URI: ${uri}`)
}

const invalid = (message: string) => new AwsError('ValidationException', message)

/** API_CreateCompilationJob: ResourceInUse. inferred: sentence, by that of training jobs */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (compilationJobs.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Compilation job names must be unique within an AWS account and region, and a compilation job with this name already exists (${arn})`,
    )
  }
}

function newJob(input: CompilationJobRequest, call: Call, arn: string): CompilationJob {
  const { Tags: _, ...request } = input
  const now = call.time / 1000
  const image = inferenceImage(call.region, input.InputConfig!.Framework, input.OutputConfig.TargetDevice)
  const job: CompilationJob = {
    type: 'compilation-job',
    account: call.account,
    region: call.region,
    name: input.CompilationJobName,
    arn,
    roleArn: input.RoleArn,
    description: {
      ...request,
      CompilationJobArn: arn,
      ...(image !== undefined && { InferenceImage: image }),
      CreationTime: now,
      LastModifiedTime: now,
      // Required members of the answer, empty until there is something to say.
      FailureReason: '',
      ModelArtifacts: { S3ModelArtifacts: '' },
    } as CompilationJob['description'],
    steps: [],
  }
  moveOn(job, 'STARTING', now)
  return job
}
