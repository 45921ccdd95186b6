import type {
  CreateDataQualityJobDefinitionCommandInput,
  CreateDataQualityJobDefinitionCommandOutput,
  CreateModelBiasJobDefinitionCommandInput,
  CreateModelBiasJobDefinitionCommandOutput,
  CreateModelExplainabilityJobDefinitionCommandInput,
  CreateModelExplainabilityJobDefinitionCommandOutput,
  CreateModelQualityJobDefinitionCommandInput,
  CreateModelQualityJobDefinitionCommandOutput,
  MonitoringOutputConfig,
  MonitoringType,
  Tag,
} from '@aws-sdk/client-sagemaker'
import type { Call, Need, Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { checkTrust } from '../training/check-training-request.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { jobDefinitions, monitoringKeys, type JobDefinition, type JobDefinitionDescription } from './job-definition.ts'
import { checkMonitored, type MonitoringInputs } from './monitored.ts'

/** Members whose names are the same in all four requests. */
interface Request extends Omit<JobDefinitionDescription, 'JobDefinitionArn' | 'CreationTime'> {
  Tags?: Shape<Tag>[]
}

/** Members that are named after the kind: `DataQualityJobInput`. */
interface Named {
  inputs: MonitoringInputs
  output: Shape<MonitoringOutputConfig>
}

export const createDataQualityJobDefinition = operation<
  CreateDataQualityJobDefinitionCommandInput,
  CreateDataQualityJobDefinitionCommandOutput
>('sagemaker', 'CreateDataQualityJobDefinition', {
  needs: (input, call) => needs('DataQuality', input, call, input.DataQualityJobOutputConfig),
  perform: (input, permit) => create('DataQuality', input, input.DataQualityJobInput, permit),
})

export const createModelQualityJobDefinition = operation<
  CreateModelQualityJobDefinitionCommandInput,
  CreateModelQualityJobDefinitionCommandOutput
>('sagemaker', 'CreateModelQualityJobDefinition', {
  needs: (input, call) => needs('ModelQuality', input, call, input.ModelQualityJobOutputConfig),
  perform: (input, permit) => create('ModelQuality', input, input.ModelQualityJobInput, permit),
})

export const createModelBiasJobDefinition = operation<
  CreateModelBiasJobDefinitionCommandInput,
  CreateModelBiasJobDefinitionCommandOutput
>('sagemaker', 'CreateModelBiasJobDefinition', {
  needs: (input, call) => needs('ModelBias', input, call, input.ModelBiasJobOutputConfig),
  perform: (input, permit) => create('ModelBias', input, input.ModelBiasJobInput, permit),
})

export const createModelExplainabilityJobDefinition = operation<
  CreateModelExplainabilityJobDefinitionCommandInput,
  CreateModelExplainabilityJobDefinitionCommandOutput
>('sagemaker', 'CreateModelExplainabilityJobDefinition', {
  needs: (input, call) => needs('ModelExplainability', input, call, input.ModelExplainabilityJobOutputConfig),
  perform: (input, permit) => create('ModelExplainability', input, input.ModelExplainabilityJobInput, permit),
})

function needs(type: MonitoringType, input: Request, call: Call, output: Named['output']): Need[] {
  const { JobResources, NetworkConfig, StoppingCondition } = input
  const keys = monitoringKeys(JobResources, NetworkConfig, output.KmsKeyId, StoppingCondition?.MaxRuntimeInSeconds)
  return [
    ...toCreate(call, jobDefinitions[type].arn(call, input.JobDefinitionName), input.Tags, keys),
    ...passesRole(call, input.RoleArn),
  ]
}

/** Order of the checks: facts errors.md B2. */
async function create(
  type: MonitoringType,
  { Tags, ...request }: Request,
  inputs: MonitoringInputs,
  permit: Permit,
): Promise<{ JobDefinitionArn: string }> {
  const { call, world } = permit
  const { account, region } = call
  const { JobDefinitionName: name, RoleArn: roleArn } = request
  const definitions = jobDefinitions[type]
  const arn = definitions.arn(call, name)
  const refuseTaken = (): void => {
    if (!definitions.find(world.store, call, name)) return
    // inferred: sentence
    throw new AwsError('ResourceInUse', `A job definition with the name ${name} already exists (${arn}).`)
  }
  refuseForeignRole(call, roleArn)
  checkMonitored(inputs, call)
  refuseTaken()
  await checkTrust(new Acting(world, { roleArn, arn, account, region }), roleArn)
  const definition: JobDefinition = {
    account,
    region,
    name,
    arn,
    inputs,
    description: { ...request, JobDefinitionArn: arn, CreationTime: call.time / 1000 },
  }
  world.store.transaction(() => {
    refuseTaken()
    definitions.save(world.store, definition)
    putTags(world.store, arn, Tags)
  })
  return { JobDefinitionArn: arn }
}
