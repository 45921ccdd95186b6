import type { UpdateSpaceCommandInput, UpdateSpaceCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { remoteAccessKey } from './create-space.ts'
import { domainInService } from './domain.ts'
import { checkNamed, settingsKeys } from './settings.ts'
import { changeAndSettle } from './settle.ts'
import { settleSpace, spaceKeys, spaces } from './space.ts'
import { mustBeStill } from './still.ts'

export const updateSpace = operation<UpdateSpaceCommandInput, UpdateSpaceCommandOutput>('sagemaker', 'UpdateSpace', {
  needs(input, call) {
    const name = `${input.DomainId}/${input.SpaceName}`
    return onResource(call, spaces.arn(call, name), {
      ...settingsKeys(input.SpaceSettings),
      ...spaceKeys(call, spaces.find(call.world.store, call, name)?.description),
      ...remoteAccessKey(input.SpaceSettings),
    })
  },
  perform(input, { call, world }) {
    checkNamed(world.store, call, input.SpaceSettings)
    const space = spaces.must(world.store, call, `${input.DomainId}/${input.SpaceName}`)
    mustBeStill('Space', space)
    domainInService(world.store, call, input.DomainId)
    changeAndSettle(world, spaces, settleSpace, space, ({ description }) => {
      Object.assign(description, {
        ...(input.SpaceDisplayName !== undefined && { SpaceDisplayName: input.SpaceDisplayName }),
        ...(input.SpaceSettings && { SpaceSettings: { ...description.SpaceSettings, ...input.SpaceSettings } }),
        Status: 'Updating',
        LastModifiedTime: world.now() / 1000,
      })
    })
    return { SpaceArn: space.arn }
  },
})
