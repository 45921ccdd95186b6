import type { UpdateWorkteamCommandInput, UpdateWorkteamCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { onResource } from '../resource-needs.ts'
import { checkMembers } from './members.ts'
import { workforces } from './workforce.ts'
import { teamName, workteamArn, workteams } from './workteam.ts'

export const updateWorkteam = operation<UpdateWorkteamCommandInput, UpdateWorkteamCommandOutput>(
  'sagemaker',
  'UpdateWorkteam',
  {
    needs: (input, call) => onResource(call, workteamArn(call, input.WorkteamName)),
    perform(input, { call, world }) {
      const { account, region } = call
      const { WorkteamName, ...changes } = input
      refuseNotBuilt('UpdateWorkteam', {
        'NotificationConfiguration.NotificationTopicArn': input.NotificationConfiguration?.NotificationTopicArn,
      })
      const { description } = workteams.change(
        world.store,
        { account, region, name: teamName(WorkteamName) },
        ({ description: team }) => {
          if (input.MemberDefinitions) {
            const name = team.WorkforceArn!.slice(team.WorkforceArn!.indexOf('/') + 1)
            checkMembers(input.MemberDefinitions, workforces.must(world.store, call, name))
          }
          Object.assign(team, changes, { LastUpdatedDate: call.time / 1000 })
        },
      )
      return { Workteam: description }
    },
  },
)
