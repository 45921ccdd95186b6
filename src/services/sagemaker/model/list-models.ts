import type { ListModelsCommandInput, ListModelsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { models } from './model.ts'
import { toList } from '../resource-needs.ts'

export const listModels = operation<ListModelsCommandInput, ListModelsCommandOutput>('sagemaker', 'ListModels', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { items, next } = models.page(world.store, call, input)
    return {
      Models: items.map(({ description: { ModelName, ModelArn, CreationTime } }) => ({
        ModelName,
        ModelArn,
        CreationTime,
      })),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})
