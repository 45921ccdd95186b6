import type { DeleteNotebookInstanceCommandInput, DeleteNotebookInstanceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { settleSoon } from '../settling.ts'
import { notebookInstances, setOut } from './notebook-instance.ts'
import { settleNotebookInstance } from './settle-notebook-instance.ts'

/** Of an instance that is stopped; its network interface goes with it, by the permissions of who deletes it (errors.md B1). */
export const deleteNotebookInstance = operation<
  DeleteNotebookInstanceCommandInput,
  DeleteNotebookInstanceCommandOutput
>('sagemaker', 'DeleteNotebookInstance', {
  needs: (input, call) => onResource(call, notebookInstances.arn(call, input.NotebookInstanceName)),
  perform(input, { call, world }) {
    settleSoon(world, setOut(call, input.NotebookInstanceName, 'Deleting'), settleNotebookInstance)
    return {}
  },
})
