import type { StopNotebookInstanceCommandInput, StopNotebookInstanceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { settleSoon } from '../settling.ts'
import { notebookInstances, setOut } from './notebook-instance.ts'
import { settleNotebookInstance } from './settle-notebook-instance.ts'

/** Volume and interface stay (API_StopNotebookInstance). */
export const stopNotebookInstance = operation<StopNotebookInstanceCommandInput, StopNotebookInstanceCommandOutput>(
  'sagemaker',
  'StopNotebookInstance',
  {
    needs: (input, call) => onResource(call, notebookInstances.arn(call, input.NotebookInstanceName)),
    perform(input, { call, world }) {
      settleSoon(world, setOut(call, input.NotebookInstanceName, 'Stopping'), settleNotebookInstance)
      return {}
    },
  },
)
