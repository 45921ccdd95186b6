import type {
  DescribeNotebookInstanceLifecycleConfigCommandInput,
  DescribeNotebookInstanceLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { lifecycleConfigs } from './lifecycle-config.ts'

export const describeNotebookInstanceLifecycleConfig = operation<
  DescribeNotebookInstanceLifecycleConfigCommandInput,
  DescribeNotebookInstanceLifecycleConfigCommandOutput
>('sagemaker', 'DescribeNotebookInstanceLifecycleConfig', {
  needs: (input, call) => onResource(call, lifecycleConfigs.arn(call, input.NotebookInstanceLifecycleConfigName)),
  perform: (input, { call, world }) =>
    lifecycleConfigs.must(world.store, call, input.NotebookInstanceLifecycleConfigName).description,
})
