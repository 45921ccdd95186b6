import type { DescribeFlowDefinitionCommandInput, DescribeFlowDefinitionCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { flowDefinitions } from './flow-definition.ts'

export const describeFlowDefinition = operation<
  DescribeFlowDefinitionCommandInput,
  DescribeFlowDefinitionCommandOutput
>('sagemaker', 'DescribeFlowDefinition', {
  needs: (input, call) => onResource(call, flowDefinitions.arn(call, input.FlowDefinitionName)),
  perform: (input, { call, world }) => flowDefinitions.must(world.store, call, input.FlowDefinitionName).description,
})
