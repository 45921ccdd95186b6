import type { DescribeEndpointConfigCommandInput, DescribeEndpointConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { endpointConfigs } from './endpoint-config.ts'
import { onResource } from '../resource-needs.ts'

export const describeEndpointConfig = operation<
  DescribeEndpointConfigCommandInput,
  DescribeEndpointConfigCommandOutput
>('sagemaker', 'DescribeEndpointConfig', {
  needs: (input, call) => onResource(call, endpointConfigs.arn(call, input.EndpointConfigName)),
  perform: (input, { call, world }) => endpointConfigs.must(world.store, call, input.EndpointConfigName).description,
})
