import type { DeleteSpaceCommandInput, DeleteSpaceCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { appsOf, isStanding } from './app.ts'
import { changeAndSettle } from './settle.ts'
import { settleSpace, spaceKeys, spaces } from './space.ts'

export const deleteSpace = operation<DeleteSpaceCommandInput, DeleteSpaceCommandOutput>('sagemaker', 'DeleteSpace', {
  needs(input, call) {
    const name = `${input.DomainId}/${input.SpaceName}`
    const space = spaces.find(call.world.store, call, name)
    return onResource(call, spaces.arn(call, name), spaceKeys(call, space?.description))
  },
  perform(input, { call, world }) {
    const space = spaces.must(world.store, call, `${input.DomainId}/${input.SpaceName}`)
    if (appsOf(world, space).some(isStanding)) {
      // As of user profiles (AWS's feedback forum, issue 113). inferred
      throw new AwsError(
        'ResourceInUse',
        `Unable to delete Space [${space.arn}] because App(s) are associated with it.`,
      )
    }
    changeAndSettle(world, spaces, settleSpace, space, ({ description }) => void (description.Status = 'Deleting'))
    return {}
  },
})
