import type { ListFlowDefinitionsCommandInput, ListFlowDefinitionsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { flowDefinitions, type FlowDefinition } from './flow-definition.ts'

export const listFlowDefinitions = operation<ListFlowDefinitionsCommandInput, ListFlowDefinitionsCommandOutput>(
  'sagemaker',
  'ListFlowDefinitions',
  {
    needs: (_, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = flowDefinitions.page(world.store, call, input)
      return { FlowDefinitionSummaries: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function summary({ description }: FlowDefinition) {
  const { FlowDefinitionName, FlowDefinitionArn, FlowDefinitionStatus, CreationTime, FailureReason } = description
  return {
    FlowDefinitionName,
    FlowDefinitionArn,
    FlowDefinitionStatus,
    CreationTime,
    ...(FailureReason !== undefined && { FailureReason }),
  }
}
