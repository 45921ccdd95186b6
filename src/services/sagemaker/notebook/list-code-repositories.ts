import type { ListCodeRepositoriesCommandInput, ListCodeRepositoriesCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { codeRepositories } from './code-repository.ts'

/** By name, ascending, unless asked otherwise (API_ListCodeRepositories). */
export const listCodeRepositories = operation<ListCodeRepositoriesCommandInput, ListCodeRepositoriesCommandOutput>(
  'sagemaker',
  'ListCodeRepositories',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = codeRepositories.page(world.store, call, input, {
        sortBy: 'Name',
        sortOrder: 'Ascending',
      })
      return {
        CodeRepositorySummaryList: items.map(({ description }) => description),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
