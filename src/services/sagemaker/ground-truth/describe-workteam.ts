import type { DescribeWorkteamCommandInput, DescribeWorkteamCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { teamName, workteamArn, workteams } from './workteam.ts'

export const describeWorkteam = operation<DescribeWorkteamCommandInput, DescribeWorkteamCommandOutput>(
  'sagemaker',
  'DescribeWorkteam',
  {
    needs: (input, call) => onResource(call, workteamArn(call, input.WorkteamName)),
    perform: (input, { call, world }) => ({
      Workteam: workteams.must(world.store, call, teamName(input.WorkteamName)).description,
    }),
  },
)
