import type { DescribeWorkforceCommandInput, DescribeWorkforceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { workforces } from './workforce.ts'

export const describeWorkforce = operation<DescribeWorkforceCommandInput, DescribeWorkforceCommandOutput>(
  'sagemaker',
  'DescribeWorkforce',
  {
    needs: (input, call) => onResource(call, workforces.arn(call, input.WorkforceName)),
    perform: (input, { call, world }) => ({
      Workforce: workforces.must(world.store, call, input.WorkforceName).description,
    }),
  },
)
