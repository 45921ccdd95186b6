import type {
  UpdateNotebookInstanceLifecycleConfigCommandInput,
  UpdateNotebookInstanceLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { lifecycleConfigs, mustBeThere } from './lifecycle-config.ts'

/** inferred: scripts that are not given stay as they are; AWS does not say. */
export const updateNotebookInstanceLifecycleConfig = operation<
  UpdateNotebookInstanceLifecycleConfigCommandInput,
  UpdateNotebookInstanceLifecycleConfigCommandOutput
>('sagemaker', 'UpdateNotebookInstanceLifecycleConfig', {
  needs: (input, call) => onResource(call, lifecycleConfigs.arn(call, input.NotebookInstanceLifecycleConfigName)),
  perform(input, { call, world: { store } }) {
    store.transaction(() => {
      const found = mustBeThere(store, call, input.NotebookInstanceLifecycleConfigName, 'update')
      lifecycleConfigs.change(store, found, ({ description }) => {
        if (input.OnCreate) description.OnCreate = input.OnCreate
        if (input.OnStart) description.OnStart = input.OnStart
        description.LastModifiedTime = call.time / 1000
      })
    })
    return {}
  },
})
