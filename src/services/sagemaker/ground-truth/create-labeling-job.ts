import type { CreateLabelingJobCommandInput, CreateLabelingJobCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { putTags } from '../tags.ts'
import { checkLabelingRequest } from './check-labeling-request.ts'
import { labelingJobs, type LabelingJob } from './labeling-job.ts'
import { settleLabelingJob } from './settle-labeling-job.ts'
import { workteamKeys } from './workteam.ts'

type Input = Shape<CreateLabelingJobCommandInput>

/** Order of the checks: facts errors.md B2. What the role reads it reads once the job is there, and the job fails where it may not. */
export const createLabelingJob = operation<CreateLabelingJobCommandInput, CreateLabelingJobCommandOutput>(
  'sagemaker',
  'CreateLabelingJob',
  {
    needs: (input, call) => [
      ...toCreate(call, labelingJobs.arn(call, input.LabelingJobName), input.Tags, labelingKeys(input)),
      ...passesRole(call, input.RoleArn),
    ],
    async perform(input, permit) {
      const { call, world } = permit
      const { account, region } = call
      const { LabelingJobName: name, RoleArn: roleArn } = input
      const arn = labelingJobs.arn(call, name)
      refuseForeignRole(call, roleArn)
      checkLabelingRequest(input, permit)
      refuseTaken(permit, name, arn)
      await checkTrust(new Acting(world, { roleArn, arn, account, region }), roleArn)

      const job = newJob(input, arn, permit)
      world.store.transaction(() => {
        refuseTaken(permit, name, arn)
        labelingJobs.save(world.store, job)
        putTags(world.store, arn, input.Tags)
        putUnsettled(world.store, job)
      })
      settleSoon(world, job, settleLabelingJob)
      return { LabelingJobArn: arn }
    },
  },
)

/** Service Authorization Reference, CreateLabelingJob. */
function labelingKeys({ OutputConfig: output, HumanTaskConfig: task }: Input): ContextValues {
  return {
    ...(output.KmsKeyId && { 'sagemaker:OutputKmsKey': output.KmsKeyId, 'sagemaker:OutputKmsKeyArn': output.KmsKeyId }),
    ...workteamKeys(task.WorkteamArn),
  }
}

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (labelingJobs.find(world.store, call, name)) {
    throw new AwsError(
      'ResourceInUse',
      `Labeling job names must be unique within an AWS account and region, and a labeling job with this name already exists (${arn})`,
    )
  }
}

function newJob({ Tags: _, ...request }: Input, arn: string, { call, world }: Permit): LabelingJob {
  const now = call.time / 1000
  return {
    account: call.account,
    region: call.region,
    name: request.LabelingJobName,
    arn,
    description: {
      ...request,
      LabelingJobArn: arn,
      LabelingJobStatus: 'Initializing',
      LabelCounters: { TotalLabeled: 0, HumanLabeled: 0, MachineLabeled: 0, FailedNonRetryableError: 0, Unlabeled: 0 },
      CreationTime: now,
      LastModifiedTime: now,
      JobReferenceCode: world.hex(16),
    },
  }
}
