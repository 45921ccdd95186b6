import type { ListWorkforcesCommandInput, ListWorkforcesCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { workforces } from './workforce.ts'

export const listWorkforces = operation<ListWorkforcesCommandInput, ListWorkforcesCommandOutput>(
  'sagemaker',
  'ListWorkforces',
  {
    needs: (_, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = workforces.page(world.store, call, input, { sortBy: 'Name', sortOrder: 'Ascending' })
      return {
        Workforces: items.map(({ description }) => description),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
