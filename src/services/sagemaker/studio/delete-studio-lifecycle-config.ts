import type {
  DeleteStudioLifecycleConfigCommandInput,
  DeleteStudioLifecycleConfigCommandOutput,
} from '@aws-sdk/client-sagemaker'
import { AwsError } from '../../../wire/aws-error.ts'
import { deleteResource } from '../delete-resource.ts'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { apps, isAlive } from './app.ts'
import { domains } from './domain.ts'
import { settingsKeys } from './settings.ts'
import { spaces } from './space.ts'
import { studioLifecycleConfigs } from './studio-lifecycle-config.ts'
import { userProfiles } from './user-profile.ts'

/**
 * "There must be no running apps using the lifecycle configuration. You must also remove [it] from UserSettings in all
 * Domains and UserProfiles" (API_DeleteStudioLifecycleConfig).
 */
export const deleteStudioLifecycleConfig = operation<
  DeleteStudioLifecycleConfigCommandInput,
  DeleteStudioLifecycleConfigCommandOutput
>('sagemaker', 'DeleteStudioLifecycleConfig', {
  needs: (input, call) => onResource(call, studioLifecycleConfigs.arn(call, input.StudioLifecycleConfigName)),
  perform(input, { call, world: { store } }) {
    const { arn, name } = studioLifecycleConfigs.must(store, call, input.StudioLifecycleConfigName)
    const users = [
      ...domains.all(store, call),
      ...userProfiles.all(store, call),
      ...spaces.all(store, call),
      ...apps.all(store, call).filter(isAlive),
    ]
    const used = users.find((one) =>
      (settingsKeys(one.description)['sagemaker:StudioLifecycleConfigArns'] ?? []).includes(arn),
    )
    // inferred: sentence
    if (used) throw new AwsError('ResourceInUse', `StudioLifecycleConfig [${arn}] is in use by [${used.arn}].`)
    deleteResource(store, studioLifecycleConfigs, call, name)
    return {}
  },
})
