import type { CreateAppImageConfigCommandInput, CreateAppImageConfigCommandOutput } from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { appImageConfigs, refuseSeveralConfigs } from './app-image-config.ts'

export const createAppImageConfig = operation<CreateAppImageConfigCommandInput, CreateAppImageConfigCommandOutput>(
  'sagemaker',
  'CreateAppImageConfig',
  {
    needs: (input, call) => toCreate(call, appImageConfigs.arn(call, input.AppImageConfigName), input.Tags),
    perform({ Tags, ...input }, { call, world }) {
      const name = input.AppImageConfigName
      const arn = appImageConfigs.arn(call, name)
      refuseSeveralConfigs(input)
      world.store.transaction(() => {
        if (appImageConfigs.find(world.store, call, name)) {
          throw new AwsError('ResourceInUse', `AppImageConfig [${arn}] already exists.`) // inferred: sentence
        }
        const now = call.time / 1000
        appImageConfigs.save(world.store, {
          account: call.account,
          region: call.region,
          name,
          arn,
          description: { ...input, AppImageConfigArn: arn, CreationTime: now, LastModifiedTime: now },
        })
        putTags(world.store, arn, Tags)
      })
      return { AppImageConfigArn: arn }
    },
  },
)
