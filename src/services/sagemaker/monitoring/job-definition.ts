import type { MonitoringNetworkConfig, MonitoringResources, MonitoringType } from '@aws-sdk/client-sagemaker'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'
import type { MonitoringInputs } from './monitored.ts'

/** What the four kinds of job definitions have in common; the rest differs in the names of its members alone. */
export interface JobDefinitionDescription {
  JobDefinitionArn: string
  JobDefinitionName: string
  CreationTime: number
  RoleArn: string
  JobResources: Shape<MonitoringResources>
  NetworkConfig?: Shape<MonitoringNetworkConfig>
  StoppingCondition?: { MaxRuntimeInSeconds: number | undefined }
}

export interface JobDefinition extends Resource<JobDefinitionDescription> {
  inputs: MonitoringInputs
}

const definitions = (type: string): Resources<JobDefinition> =>
  new Resources<JobDefinition>(
    type,
    ({ description: { CreationTime: at } }) => ({ created: at, modified: at }),
    // inferred: sentence
    (arn) => new AwsError('ResourceNotFound', `Could not find job definition "${arn}".`),
  )

export const jobDefinitions: Readonly<Record<MonitoringType, Resources<JobDefinition>>> = {
  DataQuality: definitions('data-quality-job-definition'),
  ModelQuality: definitions('model-quality-job-definition'),
  ModelBias: definitions('model-bias-job-definition'),
  ModelExplainability: definitions('model-explainability-job-definition'),
}

/** SageMaker's condition keys of monitoring (facts: errors.md B5; keys named there both ways are given both ways). */
export function monitoringKeys(
  resources: Shape<MonitoringResources> | undefined,
  network: Shape<MonitoringNetworkConfig> | undefined,
  outputKey: string | undefined,
  maxRuntime: number | undefined,
): ContextValues {
  const cluster = resources?.ClusterConfig
  const vpc = network?.VpcConfig
  const keys: Record<string, string | readonly string[] | undefined> = {
    'sagemaker:InstanceTypes': cluster?.InstanceType && [cluster.InstanceType],
    'sagemaker:VpcSubnets': vpc?.Subnets,
    'sagemaker:VpcSecurityGroupIds': vpc?.SecurityGroupIds,
    'sagemaker:NetworkIsolation': String(network?.EnableNetworkIsolation ?? false),
    'sagemaker:InterContainerTrafficEncryption': String(network?.EnableInterContainerTrafficEncryption ?? false),
    'sagemaker:MaxRuntimeInSeconds': maxRuntime?.toString(),
    'sagemaker:VolumeKmsKey': cluster?.VolumeKmsKeyId,
    'sagemaker:VolumeKmsKeyArn': cluster?.VolumeKmsKeyId,
    'sagemaker:OutputKmsKey': outputKey || undefined,
    'sagemaker:OutputKmsKeyArn': outputKey || undefined,
  }
  return Object.fromEntries(
    Object.entries(keys).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  )
}
