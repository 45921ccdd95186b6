import type { ListHumanTaskUisCommandInput, ListHumanTaskUisCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { humanTaskUis } from './human-task-ui.ts'

export const listHumanTaskUis = operation<ListHumanTaskUisCommandInput, ListHumanTaskUisCommandOutput>(
  'sagemaker',
  'ListHumanTaskUis',
  {
    needs: (_, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = humanTaskUis.page(world.store, call, input)
      return {
        HumanTaskUiSummaries: items.map(({ description: { HumanTaskUiName, HumanTaskUiArn, CreationTime } }) => ({
          HumanTaskUiName,
          HumanTaskUiArn,
          CreationTime,
        })),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
