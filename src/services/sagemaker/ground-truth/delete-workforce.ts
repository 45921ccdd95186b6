import type { DeleteWorkforceCommandInput, DeleteWorkforceCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { deleteResource } from '../delete-resource.ts'
import { onResource } from '../resource-needs.ts'
import { workforces } from './workforce.ts'
import { workteams } from './workteam.ts'

/** API_DeleteWorkforce: "If you try to delete a workforce that contains one or more work teams, you will receive a ResourceInUse error." */
export const deleteWorkforce = operation<DeleteWorkforceCommandInput, DeleteWorkforceCommandOutput>(
  'sagemaker',
  'DeleteWorkforce',
  {
    needs: (input, call) => onResource(call, workforces.arn(call, input.WorkforceName)),
    perform(input, { call, world }) {
      world.store.transaction(() => {
        const { arn } = workforces.must(world.store, call, input.WorkforceName)
        if (workteams.all(world.store, call).some((team) => team.description.WorkforceArn === arn)) {
          // inferred: sentence
          throw new AwsError('ResourceInUse', `The workforce ${arn} contains work teams.`)
        }
        deleteResource(world.store, workforces, call, input.WorkforceName)
      })
      return {}
    },
  },
)
