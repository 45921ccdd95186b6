import type { ListNotebookInstancesCommandInput, ListNotebookInstancesCommandOutput } from '@aws-sdk/client-sagemaker'
import { need } from '../../door/call.ts'
import { operation } from '../operation.ts'

/** Notebook instances cannot be created yet (CreateNotebookInstance answers 501), so the true list is empty. */
export const listNotebookInstances = operation<ListNotebookInstancesCommandInput, ListNotebookInstancesCommandOutput>(
  'sagemaker',
  'ListNotebookInstances',
  {
    needs: () => [need('sagemaker:ListNotebookInstances', '*', { shownAs: null })],
    perform: () => ({ NotebookInstances: [] }),
  },
)
