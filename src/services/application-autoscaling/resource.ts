import type { DescribeEndpointCommandOutput, DescribeInferenceComponentCommandOutput } from '@aws-sdk/client-sagemaker'
import type { World } from '../../world.ts'
import type { Shape } from '../../wire/shape.ts'
import { invalid } from './errors.ts'
import { callAsLinkedRole } from './linked-role.ts'
import type { TargetId } from './target.ts'

/** How much of a resource there is, and how much was asked for. */
export interface Capacity {
  desired: number
  current: number
}

interface Kind {
  /** As activities name what is counted. */
  noun: string
  read(ask: Ask, resourceId: string): Promise<Capacity | undefined>
  write(ask: Ask, resourceId: string, capacity: number): Promise<unknown>
}

type Ask = <O>(operation: string, input: object) => Promise<O>

function variantOf(resourceId: string): { EndpointName: string; VariantName: string } {
  const [, EndpointName = '', , VariantName = ''] = resourceId.split('/')
  return { EndpointName, VariantName }
}

async function readVariant(ask: Ask, resourceId: string) {
  const { EndpointName, VariantName } = variantOf(resourceId)
  const endpoint = await ask<Shape<DescribeEndpointCommandOutput>>('DescribeEndpoint', { EndpointName })
  return endpoint.ProductionVariants?.find((variant) => variant.VariantName === VariantName)
}

function writeVariant(ask: Ask, resourceId: string, change: object): Promise<unknown> {
  const { EndpointName, VariantName } = variantOf(resourceId)
  return ask('UpdateEndpointWeightsAndCapacities', {
    EndpointName,
    DesiredWeightsAndCapacities: [{ VariantName, ...change }],
  })
}

const kinds: Readonly<Record<string, Kind>> = {
  'sagemaker:variant:DesiredInstanceCount': {
    noun: 'instance count',
    async read(ask, resourceId) {
      const variant = await readVariant(ask, resourceId)
      const current = variant?.CurrentInstanceCount ?? 0
      return variant && { desired: variant.DesiredInstanceCount ?? current, current }
    },
    write: (ask, resourceId, DesiredInstanceCount) => writeVariant(ask, resourceId, { DesiredInstanceCount }),
  },
  'sagemaker:variant:DesiredProvisionedConcurrency': {
    noun: 'provisioned concurrency',
    async read(ask, resourceId) {
      const variant = await readVariant(ask, resourceId)
      const current = variant?.CurrentServerlessConfig?.ProvisionedConcurrency ?? 0
      return variant && { desired: variant.DesiredServerlessConfig?.ProvisionedConcurrency ?? current, current }
    },
    write: (ask, resourceId, ProvisionedConcurrency) =>
      writeVariant(ask, resourceId, { ServerlessUpdateConfig: { ProvisionedConcurrency } }),
  },
  'sagemaker:inference-component:DesiredCopyCount': {
    noun: 'copy count',
    async read(ask, resourceId) {
      const InferenceComponentName = resourceId.split('/')[1]
      const { RuntimeConfig: config } = await ask<Shape<DescribeInferenceComponentCommandOutput>>(
        'DescribeInferenceComponent',
        { InferenceComponentName },
      )
      return { desired: config?.DesiredCopyCount ?? 0, current: config?.CurrentCopyCount ?? 0 }
    },
    write: (ask, resourceId, CopyCount) =>
      ask('UpdateInferenceComponentRuntimeConfig', {
        InferenceComponentName: resourceId.split('/')[1],
        DesiredRuntimeConfig: { CopyCount },
      }),
  },
}

const kindOf = ({ dimension }: TargetId): Kind => kinds[dimension]!

export function nounOf(target: TargetId): string {
  return kindOf(target).noun
}

/** What SageMaker says of the resource, asked as the service-linked role. Rejects with SageMaker's error, or ValidationException. */
export async function readCapacity(world: World, target: TargetId, onBehalfOf: string): Promise<Capacity> {
  const capacity = await kindOf(target).read(asking(world, target, onBehalfOf), target.resourceId)
  if (!capacity) throw noSuchResource(target)
  return capacity
}

export async function writeCapacity(world: World, target: TargetId, capacity: number, onBehalfOf: string) {
  await kindOf(target).write(asking(world, target, onBehalfOf), target.resourceId, capacity)
}

/** inferred: sentence, after that of other namespaces ("ECS service doesn't exist: …"). */
export const noSuchResource = ({ resourceId, dimension }: TargetId) =>
  invalid(
    `SageMaker ${dimension.includes(':variant:') ? 'endpoint variant' : 'inference component'} doesn't exist: ${resourceId}`,
  )

function asking(world: World, target: TargetId, onBehalfOf: string): Ask {
  return <O>(operation: string, input: object) =>
    callAsLinkedRole<O>(world, target, { service: 'sagemaker', operation, input, onBehalfOf })
}
