import type {
  CreateStudioLifecycleConfigCommandInput,
  CreateStudioLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { studioLifecycleConfigs } from './studio-lifecycle-config.ts'

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The script is kept, base64 as it came; it runs with apps. */
export const createStudioLifecycleConfig = operation<
  CreateStudioLifecycleConfigCommandInput,
  CreateStudioLifecycleConfigCommandOutput
>('sagemaker', 'CreateStudioLifecycleConfig', {
  needs: (input, call) => toCreate(call, studioLifecycleConfigs.arn(call, input.StudioLifecycleConfigName), input.Tags),
  perform({ Tags, ...input }, { call, world }) {
    const name = input.StudioLifecycleConfigName
    const arn = studioLifecycleConfigs.arn(call, name)
    // inferred: sentence. "The content […] must be base64 encoded" (API_CreateStudioLifecycleConfig).
    if (!base64.test(input.StudioLifecycleConfigContent)) {
      throw new AwsError('ValidationException', 'StudioLifecycleConfigContent must be base64 encoded.')
    }
    world.store.transaction(() => {
      if (studioLifecycleConfigs.find(world.store, call, name)) {
        throw new AwsError('ResourceInUse', `StudioLifecycleConfig [${arn}] already exists.`) // inferred: sentence
      }
      const now = call.time / 1000
      studioLifecycleConfigs.save(world.store, {
        account: call.account,
        region: call.region,
        name,
        arn,
        description: { ...input, StudioLifecycleConfigArn: arn, CreationTime: now, LastModifiedTime: now },
      })
      putTags(world.store, arn, Tags)
    })
    return { StudioLifecycleConfigArn: arn }
  },
})
