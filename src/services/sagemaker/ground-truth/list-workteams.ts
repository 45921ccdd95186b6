import type { ListWorkteamsCommandInput, ListWorkteamsCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { workteams } from './workteam.ts'

export const listWorkteams = operation<ListWorkteamsCommandInput, ListWorkteamsCommandOutput>(
  'sagemaker',
  'ListWorkteams',
  {
    needs: (_, call) => toList(call),
    perform({ NameContains, ...input }, { call, world }) {
      const wanted = NameContains?.toLowerCase() ?? ''
      const { items, next } = workteams.page(world.store, call, input, {
        sortBy: 'Name',
        sortOrder: 'Ascending',
        // The store's names have the workforce's kind before them.
        keep: ({ description }) => description.WorkteamName.toLowerCase().includes(wanted),
      })
      return { Workteams: items.map(({ description }) => description), ...(next !== undefined && { NextToken: next }) }
    },
  },
)
