import type { CreateEndpointConfigCommandInput, DescribeEndpointConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { Resources } from '../resources.ts'
import type { Resource } from '../resources.ts'

export type EndpointConfigRequest = Shape<CreateEndpointConfigCommandInput>
export type EndpointConfig = Resource<Shape<DescribeEndpointConfigCommandOutput>>
export type Variant = EndpointConfigRequest['ProductionVariants'][number]

/** The sentence is the live service's (facts: errors.md A8). */
export const endpointConfigs = new Resources<EndpointConfig>(
  'endpoint-config',
  ({ description: { CreationTime: at } }) => ({ created: at, modified: at }),
  (arn) => new AwsError('ValidationException', `Could not find endpoint configuration "${arn}".`),
)

export function variantsOf({
  ProductionVariants: production,
  ShadowProductionVariants: shadow = [],
}: Pick<EndpointConfigRequest, 'ProductionVariants' | 'ShadowProductionVariants'>): Variant[] {
  return [...production, ...shadow]
}

/** Models that its variants name, each once. */
export function modelNamesOf(config: Parameters<typeof variantsOf>[0]): string[] {
  const names = variantsOf(config).flatMap(({ ModelName: own, InstancePools: pools = [] }) => [
    own,
    ...pools.map(({ ModelNameOverride }) => ModelNameOverride),
  ])
  return [...new Set(names.flatMap((name) => name ?? []))]
}
