import type {
  DeleteAppImageConfigCommandInput,
  DeleteAppImageConfigCommandOutput,
  UpdateAppImageConfigCommandInput,
  UpdateAppImageConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { deleteResource } from '../delete-resource.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { appImageConfigs, imageConfigMembers, refuseSeveralConfigs } from './app-image-config.ts'

/** What is given replaces what was there. inferred: of whatever app type that was */
export const updateAppImageConfig = operation<UpdateAppImageConfigCommandInput, UpdateAppImageConfigCommandOutput>(
  'sagemaker',
  'UpdateAppImageConfig',
  {
    needs: (input, call) => onResource(call, appImageConfigs.arn(call, input.AppImageConfigName)),
    perform(input, { call, world }) {
      refuseSeveralConfigs(input)
      const { arn } = appImageConfigs.must(world.store, call, input.AppImageConfigName)
      const { AppImageConfigName: name, ...given } = input
      appImageConfigs.change(world.store, { ...call, name }, ({ description }) => {
        if (Object.keys(given).length > 0) for (const member of imageConfigMembers) delete description[member]
        Object.assign(description, given, { LastModifiedTime: world.now() / 1000 })
      })
      return { AppImageConfigArn: arn }
    },
  },
)

export const deleteAppImageConfig = operation<DeleteAppImageConfigCommandInput, DeleteAppImageConfigCommandOutput>(
  'sagemaker',
  'DeleteAppImageConfig',
  {
    needs: (input, call) => onResource(call, appImageConfigs.arn(call, input.AppImageConfigName)),
    perform(input, { call, world }) {
      deleteResource(world.store, appImageConfigs, call, input.AppImageConfigName)
      return {}
    },
  },
)
