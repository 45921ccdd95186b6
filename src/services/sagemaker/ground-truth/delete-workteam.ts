import type { DeleteWorkteamCommandInput, DeleteWorkteamCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { teamName, workteamArn, workteams } from './workteam.ts'

/** API_DeleteWorkteam: "This operation can't be undone." */
export const deleteWorkteam = operation<DeleteWorkteamCommandInput, DeleteWorkteamCommandOutput>(
  'sagemaker',
  'DeleteWorkteam',
  {
    needs: (input, call) => onResource(call, workteamArn(call, input.WorkteamName)),
    perform(input, { call, world }) {
      deleteResource(world.store, workteams, call, teamName(input.WorkteamName))
      return { Success: true }
    },
  },
)
