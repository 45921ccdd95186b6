import type { CreateModelCommandInput, CreateModelCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { Acting } from '../../../jobs/acting.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { checkModelRequest, refuseUnbuiltModel } from './check-model-request.ts'
import { because, checkVpc } from '../training/check-training-request.ts'
import { containersOf, hostingSourceArn, models } from './model.ts'
import type { Model, ModelContainer, ModelRequest } from './model.ts'
import { checkModelData } from './model-data.ts'
import { checkModelImage } from './model-image.ts'
import { passesRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'

/**
 * Order of the checks: facts errors.md B2. The caller's rights; then the role, tried from SageMaker's own network: model
 * data (with trust), images, subnets. Which EC2 actions it needs while it serves is hosting's.
 */
export const createModel = operation<CreateModelCommandInput, CreateModelCommandOutput>('sagemaker', 'CreateModel', {
  needs(input, call) {
    const arn = models.arn(call, input.ModelName)
    return [...toCreate(call, arn, input.Tags, modelKeys(input)), ...passesRole(call, input.ExecutionRoleArn)]
  },
  async perform(input, permit) {
    const { call, world } = permit
    const { account, region } = call
    const arn = models.arn(call, input.ModelName)
    refuseUnbuiltModel(input)
    checkModelRequest(input, call)
    refuseTaken(permit, input.ModelName, arn)

    const roleArn = input.ExecutionRoleArn!
    const acting = new Acting(world, { roleArn, arn, account, region, sourceArn: hostingSourceArn(call) })
    await checkModelData(acting, input, region)
    await checkTrust(acting, roleArn)
    for (const { Image } of containersOf(input)) {
      await checkModelImage(acting, Image!, { roleArn, account, region })
    }
    await checkVpc(acting, input)

    world.store.transaction(() => {
      refuseTaken(permit, input.ModelName, arn)
      models.save(world.store, newModel(input, arn, permit))
      putTags(world.store, arn, input.Tags)
    })
    return { ModelArn: arn }
  },
})

/** SageMaker's condition keys of the request (facts: errors.md B5). */
function modelKeys({ VpcConfig: vpc, EnableNetworkIsolation: isolated }: ModelRequest): ContextValues {
  return {
    'sagemaker:NetworkIsolation': String(isolated ?? false),
    ...(vpc && { 'sagemaker:VpcSubnets': vpc.Subnets, 'sagemaker:VpcSecurityGroupIds': vpc.SecurityGroupIds }),
  }
}

/** The live service's sentence (facts: errors.md A8). */
function refuseTaken({ call, world }: Permit, name: string, arn: string): void {
  if (models.find(world.store, call, name)) {
    throw new AwsError('ValidationException', `Cannot create already existing model "${arn}".`)
  }
}

/** Of a model without data; else its data's sentence has been said (facts: errors.md A8). */
async function checkTrust(acting: Acting, roleArn: string): Promise<void> {
  try {
    await acting.session()
  } catch (error) {
    throw because(
      error,
      `The execution role ARN "${roleArn}" is invalid. Please ensure that the role exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com".`,
    )
  }
}

function newModel({ Tags: _, ...request }: ModelRequest, arn: string, { call }: Permit): Model {
  const { PrimaryContainer: primary, Containers: pipeline } = request
  return {
    account: call.account,
    region: call.region,
    name: request.ModelName,
    arn,
    description: {
      ...request,
      ...(primary && { PrimaryContainer: withMode(primary) }),
      ...(pipeline && { Containers: pipeline.map(withMode) }),
      ModelArn: arn,
      EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
      CreationTime: call.time / 1000,
    },
  }
}

const withMode = (container: ModelContainer) => ({ ...container, Mode: container.Mode ?? 'SingleModel' })
