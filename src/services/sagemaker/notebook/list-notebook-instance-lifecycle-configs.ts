import type {
  ListNotebookInstanceLifecycleConfigsCommandInput,
  ListNotebookInstanceLifecycleConfigsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { lifecycleConfigs } from './lifecycle-config.ts'

/** inferred: the newest first; AWS states no order. */
export const listNotebookInstanceLifecycleConfigs = operation<
  ListNotebookInstanceLifecycleConfigsCommandInput,
  ListNotebookInstanceLifecycleConfigsCommandOutput
>('sagemaker', 'ListNotebookInstanceLifecycleConfigs', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { items, next } = lifecycleConfigs.page(world.store, call, input)
    return {
      NotebookInstanceLifecycleConfigs: items.map(({ description: one }) => ({
        NotebookInstanceLifecycleConfigName: one.NotebookInstanceLifecycleConfigName!,
        NotebookInstanceLifecycleConfigArn: one.NotebookInstanceLifecycleConfigArn!,
        CreationTime: one.CreationTime!,
        LastModifiedTime: one.LastModifiedTime!,
      })),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})
