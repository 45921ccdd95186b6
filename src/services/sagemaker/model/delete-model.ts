import type { DeleteModelCommandInput, DeleteModelCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { models } from './model.ts'
import { onResource } from '../resource-needs.ts'

/** Only SageMaker's entry goes: artifacts, image and role stay (API_DeleteModel). */
export const deleteModel = operation<DeleteModelCommandInput, DeleteModelCommandOutput>('sagemaker', 'DeleteModel', {
  needs: (input, call) => onResource(call, models.arn(call, input.ModelName)),
  perform(input, { call, world }) {
    deleteResource(world.store, models, call, input.ModelName)
    return {}
  },
})
