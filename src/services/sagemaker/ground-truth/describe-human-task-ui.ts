import type { DescribeHumanTaskUiCommandInput, DescribeHumanTaskUiCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { humanTaskUis } from './human-task-ui.ts'

export const describeHumanTaskUi = operation<DescribeHumanTaskUiCommandInput, DescribeHumanTaskUiCommandOutput>(
  'sagemaker',
  'DescribeHumanTaskUi',
  {
    needs: (input, call) => onResource(call, humanTaskUis.arn(call, input.HumanTaskUiName)),
    perform: (input, { call, world }) => humanTaskUis.must(world.store, call, input.HumanTaskUiName).description,
  },
)
