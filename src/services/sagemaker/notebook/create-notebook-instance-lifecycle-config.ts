import type {
  CreateNotebookInstanceLifecycleConfigCommandInput,
  CreateNotebookInstanceLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { lifecycleConfigs, unable } from './lifecycle-config.ts'

/** Keeps the scripts; an instance runs them once notebooks run. */
export const createNotebookInstanceLifecycleConfig = operation<
  CreateNotebookInstanceLifecycleConfigCommandInput,
  CreateNotebookInstanceLifecycleConfigCommandOutput
>('sagemaker', 'CreateNotebookInstanceLifecycleConfig', {
  needs: (input, call) =>
    toCreate(call, lifecycleConfigs.arn(call, input.NotebookInstanceLifecycleConfigName), input.Tags),
  perform(input, { call, world: { store } }) {
    const { account, region } = call
    const name = input.NotebookInstanceLifecycleConfigName
    const arn = lifecycleConfigs.arn(call, name)
    const now = call.time / 1000
    store.transaction(() => {
      if (lifecycleConfigs.find(store, call, name)) throw unable('create', arn, 'already exists')
      const description = {
        NotebookInstanceLifecycleConfigName: name,
        NotebookInstanceLifecycleConfigArn: arn,
        OnCreate: input.OnCreate ?? [],
        OnStart: input.OnStart ?? [],
        CreationTime: now,
        LastModifiedTime: now,
      }
      lifecycleConfigs.save(store, { account, region, name, arn, description })
      putTags(store, arn, input.Tags)
    })
    return { NotebookInstanceLifecycleConfigArn: arn }
  },
})
