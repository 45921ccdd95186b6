import type {
  DescribeNotebookInstanceCommandInput,
  DescribeNotebookInstanceCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { notebookInstances } from './notebook-instance.ts'

export const describeNotebookInstance = operation<
  DescribeNotebookInstanceCommandInput,
  DescribeNotebookInstanceCommandOutput
>('sagemaker', 'DescribeNotebookInstance', {
  needs: (input, call) => onResource(call, notebookInstances.arn(call, input.NotebookInstanceName)),
  perform: (input, { call, world }) =>
    notebookInstances.must(world.store, call, input.NotebookInstanceName).description,
})
