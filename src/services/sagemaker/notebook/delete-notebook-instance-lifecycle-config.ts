import type {
  DeleteNotebookInstanceLifecycleConfigCommandInput,
  DeleteNotebookInstanceLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { lifecycleConfigs, mustBeThere, unable } from './lifecycle-config.ts'
import { namesOf } from './notebook-instance.ts'

/** inferred: not while an instance has it. */
export const deleteNotebookInstanceLifecycleConfig = operation<
  DeleteNotebookInstanceLifecycleConfigCommandInput,
  DeleteNotebookInstanceLifecycleConfigCommandOutput
>('sagemaker', 'DeleteNotebookInstanceLifecycleConfig', {
  needs: (input, call) => onResource(call, lifecycleConfigs.arn(call, input.NotebookInstanceLifecycleConfigName)),
  perform(input, { call, world: { store } }) {
    store.transaction(() => {
      const { arn, name } = mustBeThere(store, call, input.NotebookInstanceLifecycleConfigName, 'delete')
      const users = namesOf(store, call, (one) => one.NotebookInstanceLifecycleConfigName === name)
      if (users.length) {
        throw unable('delete', `'${arn}'`, `is associated with Notebook Instance ${users.join(', ')}`)
      }
      deleteResource(store, lifecycleConfigs, call, name)
    })
    return {}
  },
})
