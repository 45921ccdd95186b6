import type { CreateEndpointConfigCommandInput, CreateEndpointConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { checkEndpointConfigRequest, instanceTypesOf } from './check-endpoint-config-request.ts'
import { endpointConfigs, modelNamesOf, variantsOf } from './endpoint-config.ts'
import type { EndpointConfig, EndpointConfigRequest, Variant } from './endpoint-config.ts'
import { models } from '../model/model.ts'
import { passesRole } from '../passed-role.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'

/** A record that CreateEndpoint reads: key, network and paths are tried when an endpoint is made of it (facts: errors.md B1). */
export const createEndpointConfig = operation<CreateEndpointConfigCommandInput, CreateEndpointConfigCommandOutput>(
  'sagemaker',
  'CreateEndpointConfig',
  {
    needs(input, call) {
      const arn = endpointConfigs.arn(call, input.EndpointConfigName)
      return [
        ...toCreate(call, arn, input.Tags, endpointConfigKeys(input, call)),
        ...passesRole(call, input.ExecutionRoleArn),
      ]
    },
    perform(input, { call, world }) {
      const { store } = world
      const name = input.EndpointConfigName
      const arn = endpointConfigs.arn(call, name)
      checkEndpointConfigRequest(input, call)
      store.transaction(() => {
        if (endpointConfigs.find(store, call, name)) {
          // The live service's sentence (facts: errors.md A8).
          throw new AwsError('ValidationException', `Cannot create already existing endpoint configuration "${arn}".`)
        }
        for (const model of modelNamesOf(input)) models.must(store, call, model)
        endpointConfigs.save(store, newEndpointConfig(input, arn, call))
        putTags(store, arn, input.Tags)
      })
      return { EndpointConfigArn: arn }
    },
  },
)

/** SageMaker's condition keys of the request (facts: errors.md B5; keys named there both ways are given both ways). */
function endpointConfigKeys(input: EndpointConfigRequest, call: Call): ContextValues {
  const variants = variantsOf(input)
  const several = (values: string[]) => (values.length ? [...new Set(values)] : undefined)
  const modelArns = modelNamesOf(input).map((name) => models.arn(call, name))
  const serverless = variants.find(({ ServerlessConfig }) => ServerlessConfig)?.ServerlessConfig
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:InstanceTypes': several(variants.flatMap(instanceTypesOf)),
    'sagemaker:AcceleratorTypes': several(variants.flatMap(({ AcceleratorType }) => AcceleratorType ?? [])),
    'sagemaker:ModelArn': modelArns.length > 1 ? modelArns : modelArns[0],
    'sagemaker:NetworkIsolation': String(input.EnableNetworkIsolation ?? false),
    'sagemaker:ServerlessMaxConcurrency': serverless?.MaxConcurrency.toString(),
    'sagemaker:ServerlessMemorySize': serverless?.MemorySizeInMB.toString(),
    'sagemaker:VolumeKmsKey': input.KmsKeyId,
    'sagemaker:VolumeKmsKeyArn': input.KmsKeyId,
    'sagemaker:VpcSubnets': input.VpcConfig?.Subnets,
    'sagemaker:VpcSecurityGroupIds': input.VpcConfig?.SecurityGroupIds,
  }
  return Object.fromEntries(
    Object.entries(keys).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  )
}

function newEndpointConfig(
  { Tags: _, ...request }: EndpointConfigRequest,
  arn: string,
  { account, region, time }: Call,
): EndpointConfig {
  const { ProductionVariants: production, ShadowProductionVariants: shadow } = request
  return {
    account,
    region,
    name: request.EndpointConfigName,
    arn,
    description: {
      ...request,
      EndpointConfigArn: arn,
      ProductionVariants: production.map(withWeight),
      ...(shadow && { ShadowProductionVariants: shadow.map(withWeight) }),
      EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
      CreationTime: time / 1000,
    },
  }
}

/** "If unspecified, it defaults to 1.0" (API_ProductionVariant). */
const withWeight = (variant: Variant) => ({ ...variant, InitialVariantWeight: variant.InitialVariantWeight ?? 1 })
