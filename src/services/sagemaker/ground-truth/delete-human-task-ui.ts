import type { DeleteHumanTaskUiCommandInput, DeleteHumanTaskUiCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { humanTaskUis } from './human-task-ui.ts'

/** API_DeleteHumanTaskUi. On AWS it is Deleting for a moment; nothing waits for it here. */
export const deleteHumanTaskUi = operation<DeleteHumanTaskUiCommandInput, DeleteHumanTaskUiCommandOutput>(
  'sagemaker',
  'DeleteHumanTaskUi',
  {
    needs: (input, call) => onResource(call, humanTaskUis.arn(call, input.HumanTaskUiName)),
    perform(input, { call, world }) {
      deleteResource(world.store, humanTaskUis, call, input.HumanTaskUiName)
      return {}
    },
  },
)
