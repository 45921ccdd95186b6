import type {
  DescribeAppImageConfigCommandInput,
  DescribeAppImageConfigCommandOutput,
  ListAppImageConfigsCommandInput,
  ListAppImageConfigsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { appImageConfigs } from './app-image-config.ts'
import { listInput } from './modified.ts'

export const describeAppImageConfig = operation<
  DescribeAppImageConfigCommandInput,
  DescribeAppImageConfigCommandOutput
>('sagemaker', 'DescribeAppImageConfig', {
  needs: (input, call) => onResource(call, appImageConfigs.arn(call, input.AppImageConfigName)),
  perform: (input, { call, world }) => appImageConfigs.must(world.store, call, input.AppImageConfigName).description,
})

export const listAppImageConfigs = operation<ListAppImageConfigsCommandInput, ListAppImageConfigsCommandOutput>(
  'sagemaker',
  'ListAppImageConfigs',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = appImageConfigs.page(world.store, call, listInput(input))
      return {
        AppImageConfigs: items.map(({ description }) => description),
        ...(next !== undefined && { NextToken: next }),
      }
    },
  },
)
