import { need } from '../../src/door/call.ts'
import { operation, type Operation } from '../../src/services/operation.ts'
import { operations } from '../../src/services/sagemaker/operations.ts'
import { AwsError } from '../../src/wire/aws-error.ts'

interface Capacity {
  desired: number
  current: number
}

/** What there is to be scaled, by name: endpoints with a variant `v`, and inference components. */
export interface Resources {
  endpoints: Map<string, Capacity>
  serverless: Map<string, Capacity>
  components: Map<string, Capacity>
}

// oxlint-disable-next-line typescript/no-explicit-any -- as SageMaker's model says
type Input = any

/**
 * SageMaker's endpoints are not built: these stand in for them, as operations like all others. So what the scaling service
 * asks of them goes through the door, and must be allowed by its role's policy. For this process, until it is undone.
 */
export function standIn(): Resources & { undo(): void } {
  const resources: Resources = { endpoints: new Map(), serverless: new Map(), components: new Map() }
  const { endpoints, serverless, components } = resources
  const arn = (kind: string, name: string) => `arn:aws:sagemaker:us-east-1:123456789012:${kind}/${name}`
  const made: Record<string, Operation<Input, Input>> = {
    DescribeEndpoint: operation<Input, Input>('sagemaker', 'DescribeEndpoint', {
      needs: ({ EndpointName }: Input) => [need('sagemaker:DescribeEndpoint', arn('endpoint', EndpointName))],
      perform: ({ EndpointName }: Input): Input => {
        const [instances, concurrency] = [endpoints.get(EndpointName), serverless.get(EndpointName)]
        if (!instances && !concurrency) {
          throw new AwsError('ValidationException', `Could not find endpoint "${arn('endpoint', EndpointName)}".`)
        }
        return {
          ProductionVariants: [
            {
              VariantName: 'v',
              ...(instances && {
                DesiredInstanceCount: instances.desired,
                CurrentInstanceCount: instances.current,
              }),
              ...(concurrency && {
                DesiredServerlessConfig: { ProvisionedConcurrency: concurrency.desired },
                CurrentServerlessConfig: { ProvisionedConcurrency: concurrency.current },
              }),
            },
          ],
        }
      },
    }),
    UpdateEndpointWeightsAndCapacities: operation<Input, Input>('sagemaker', 'UpdateEndpointWeightsAndCapacities', {
      needs: ({ EndpointName }: Input) => [
        need('sagemaker:UpdateEndpointWeightsAndCapacities', arn('endpoint', EndpointName)),
      ],
      perform: ({ EndpointName, DesiredWeightsAndCapacities: [change] }: Input): Input => {
        if (change.DesiredInstanceCount !== undefined) {
          endpoints.get(EndpointName)!.desired = change.DesiredInstanceCount
        } else serverless.get(EndpointName)!.desired = change.ServerlessUpdateConfig.ProvisionedConcurrency
        return { EndpointArn: arn('endpoint', EndpointName) }
      },
    }),
    DescribeInferenceComponent: operation<Input, Input>('sagemaker', 'DescribeInferenceComponent', {
      needs: ({ InferenceComponentName: name }: Input) => [
        need('sagemaker:DescribeInferenceComponent', arn('inference-component', name)),
      ],
      perform: ({ InferenceComponentName: name }: Input): Input => {
        const { desired, current } = components.get(name)!
        return { RuntimeConfig: { DesiredCopyCount: desired, CurrentCopyCount: current } }
      },
    }),
    UpdateInferenceComponentRuntimeConfig: operation<Input, Input>(
      'sagemaker',
      'UpdateInferenceComponentRuntimeConfig',
      {
        needs: ({ InferenceComponentName: name }: Input) => [
          need('sagemaker:UpdateInferenceComponentRuntimeConfig', arn('inference-component', name)),
        ],
        perform: ({ InferenceComponentName: name, DesiredRuntimeConfig }: Input): Input => {
          components.get(name)!.desired = DesiredRuntimeConfig.CopyCount
          return { InferenceComponentArn: arn('inference-component', name) }
        },
      },
    ),
  }
  const table = operations as Record<string, unknown>
  const before = Object.fromEntries(Object.keys(made).map((name) => [name, table[name]]))
  Object.assign(table, made)
  return {
    ...resources,
    undo() {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete table[name]
        else table[name] = value
      }
    },
  }
}
