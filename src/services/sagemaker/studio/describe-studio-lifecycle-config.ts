import type {
  DescribeStudioLifecycleConfigCommandInput,
  DescribeStudioLifecycleConfigCommandOutput,
  ListStudioLifecycleConfigsCommandInput,
  ListStudioLifecycleConfigsCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource, toList } from '../resource-needs.ts'
import { listInput } from './modified.ts'
import { studioLifecycleConfigs } from './studio-lifecycle-config.ts'

export const describeStudioLifecycleConfig = operation<
  DescribeStudioLifecycleConfigCommandInput,
  DescribeStudioLifecycleConfigCommandOutput
>('sagemaker', 'DescribeStudioLifecycleConfig', {
  needs: (input, call) => onResource(call, studioLifecycleConfigs.arn(call, input.StudioLifecycleConfigName)),
  perform: (input, { call, world }) =>
    studioLifecycleConfigs.must(world.store, call, input.StudioLifecycleConfigName).description,
})

export const listStudioLifecycleConfigs = operation<
  ListStudioLifecycleConfigsCommandInput,
  ListStudioLifecycleConfigsCommandOutput
>('sagemaker', 'ListStudioLifecycleConfigs', {
  needs: (_input, call) => toList(call),
  perform(input, { call, world }) {
    const { AppTypeEquals: type } = input
    const { items, next } = studioLifecycleConfigs.page(world.store, call, listInput(input), {
      ...(type !== undefined && { keep: ({ description: one }) => one.StudioLifecycleConfigAppType === type }),
    })
    return {
      StudioLifecycleConfigs: items.map(({ description: { StudioLifecycleConfigContent: _, ...details } }) => details),
      ...(next !== undefined && { NextToken: next }),
    }
  },
})
