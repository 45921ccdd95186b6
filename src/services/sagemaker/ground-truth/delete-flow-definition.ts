import type { DeleteFlowDefinitionCommandInput, DeleteFlowDefinitionCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { putUnsettled, settleSoon } from '../settling.ts'
import { flowDefinitions, settleFlowDefinition } from './flow-definition.ts'

export const deleteFlowDefinition = operation<DeleteFlowDefinitionCommandInput, DeleteFlowDefinitionCommandOutput>(
  'sagemaker',
  'DeleteFlowDefinition',
  {
    needs: (input, call) => onResource(call, flowDefinitions.arn(call, input.FlowDefinitionName)),
    perform(input, { call, world }) {
      const { account, region } = call
      const at = { account, region, name: input.FlowDefinitionName }
      const deleting = world.store.transaction(() => {
        const changed = flowDefinitions.change(world.store, at, ({ description }) => {
          description.FlowDefinitionStatus = 'Deleting'
        })
        putUnsettled(world.store, changed)
        return changed
      })
      settleSoon(world, deleting, settleFlowDefinition)
      return {}
    },
  },
)
