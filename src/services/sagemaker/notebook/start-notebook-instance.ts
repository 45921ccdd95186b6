import type { StartNotebookInstanceCommandInput, StartNotebookInstanceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { passesRole } from '../passed-role.ts'
import { onResource } from '../resource-needs.ts'
import { settleSoon } from '../settling.ts'
import { notebookInstances, requireWayTo, setOut } from './notebook-instance.ts'
import { checkNotebookRole } from './notebook-role.ts'
import { settleNotebookInstance } from './settle-notebook-instance.ts'

/** Who starts an instance hands its role on once more (API permissions reference; facts: errors.md B1). */
export const startNotebookInstance = operation<StartNotebookInstanceCommandInput, StartNotebookInstanceCommandOutput>(
  'sagemaker',
  'StartNotebookInstance',
  {
    needs(input, call) {
      const found = notebookInstances.find(call.world.store, call, input.NotebookInstanceName)
      return [
        ...onResource(call, notebookInstances.arn(call, input.NotebookInstanceName)),
        ...passesRole(call, found?.description.RoleArn),
      ]
    },
    async perform(input, { call, world }) {
      const notebook = notebookInstances.must(world.store, call, input.NotebookInstanceName)
      requireWayTo('Pending', notebook)
      const { arn, account, region, description } = notebook
      await checkNotebookRole(world, { arn, account, region, roleArn: description.RoleArn! })
      settleSoon(world, setOut(call, notebook.name, 'Pending'), settleNotebookInstance)
      return {}
    },
  },
)
