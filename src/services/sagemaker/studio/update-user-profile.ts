import type { UpdateUserProfileCommandInput, UpdateUserProfileCommandOutput } from '@aws-sdk/client-sagemaker'
import { operation } from '../../operation.ts'
import { onResource } from '../resource-needs.ts'
import { domainInService } from './domain.ts'
import { checkPlace } from './linked-role.ts'
import { checkTrusts } from './role.ts'
import { checkSettings, passesRoles, settingsKeys } from './settings.ts'
import { changeAndSettle } from './settle.ts'
import { mustBeStill } from './still.ts'
import { settleUserProfile, userProfiles, type UserProfile } from './user-profile.ts'

/** A role that is given anew is passed anew. */
export const updateUserProfile = operation<UpdateUserProfileCommandInput, UpdateUserProfileCommandOutput>(
  'sagemaker',
  'UpdateUserProfile',
  {
    needs: (input, call) => [
      ...onResource(
        call,
        userProfiles.arn(call, `${input.DomainId}/${input.UserProfileName}`),
        settingsKeys(input.UserSettings),
      ),
      ...passesRoles(call, [input.UserSettings?.ExecutionRole]),
    ],
    async perform(input, { call, world }) {
      const role = input.UserSettings?.ExecutionRole
      checkSettings(world.store, call, input.UserSettings, [role])
      const profile = userProfiles.must(world.store, call, `${input.DomainId}/${input.UserProfileName}`)
      mustBeStill('UserProfile', profile)
      const { VpcId: vpcId, SubnetIds: subnetIds } = domainInService(world.store, call, input.DomainId).description
      await checkTrusts(world, profile, [role])
      const securityGroupIds = input.UserSettings?.SecurityGroups
      if (vpcId && subnetIds && securityGroupIds) {
        await checkPlace(world, profile, { vpcId, subnetIds, securityGroupIds })
      }
      changeAndSettle(world, userProfiles, settleUserProfile, profile, ({ description }) => {
        const settings = { ...description.UserSettings, ...input.UserSettings }
        Object.assign(description, {
          UserSettings: settings,
          Status: 'Updating',
          LastModifiedTime: world.now() / 1000,
        } satisfies Partial<UserProfile['description']>)
      })
      return { UserProfileArn: profile.arn }
    },
  },
)
