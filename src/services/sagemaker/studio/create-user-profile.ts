import type { CreateUserProfileCommandInput, CreateUserProfileCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { domainInService, takeUid, type Domain } from './domain.ts'
import { checkPlace } from './linked-role.ts'
import { checkTrusts } from './role.ts'
import { checkSettings, passesRoles, settingsKeys } from './settings.ts'
import { saveAndSettle } from './settle.ts'
import { settleUserProfile, userProfiles, type UserProfile } from './user-profile.ts'

type Request = Shape<CreateUserProfileCommandInput>

export const createUserProfile = operation<CreateUserProfileCommandInput, CreateUserProfileCommandOutput>(
  'sagemaker',
  'CreateUserProfile',
  {
    needs: (input, call) => [
      ...toCreate(call, userProfiles.arn(call, nameOf(input)), input.Tags, settingsKeys(input.UserSettings)),
      ...passesRoles(call, [input.UserSettings?.ExecutionRole]),
    ],
    async perform(input, permit) {
      const { call, world } = permit
      const arn = userProfiles.arn(call, nameOf(input))
      const at = { account: call.account, region: call.region, arn }
      const role = input.UserSettings?.ExecutionRole
      checkSettings(world.store, call, input.UserSettings, [role])
      const domain = domainInService(world.store, call, input.DomainId)
      checkSignOn(input, domain)
      checkGroups(input.UserSettings?.SecurityGroups, domain)
      refuseTaken(permit, input, arn)
      await checkTrusts(world, at, [role])
      const { VpcId: vpcId, SubnetIds: subnetIds } = domain.description
      const securityGroupIds = input.UserSettings?.SecurityGroups
      if (vpcId && subnetIds && securityGroupIds) await checkPlace(world, at, { vpcId, subnetIds, securityGroupIds })

      saveAndSettle(world, userProfiles, settleUserProfile, () => {
        refuseTaken(permit, input, arn)
        const HomeEfsFileSystemUid = takeUid(world.store, domainInService(world.store, call, input.DomainId))
        putTags(world.store, arn, input.Tags)
        return newProfile(input, permit, arn, HomeEfsFileSystemUid)
      })
      return { UserProfileArn: arn }
    },
  },
)

const nameOf = ({ DomainId, UserProfileName }: Request) => `${DomainId}/${UserProfileName}`

/** API_CreateUserProfile: required with IAM Identity Center, else not to be given. Sentences inferred. */
function checkSignOn(input: Request, { description: { AuthMode } }: Domain): void {
  const { SingleSignOnUserIdentifier: identifier, SingleSignOnUserValue: value } = input
  if (AuthMode === 'SSO' && !(identifier && value)) {
    throw new AwsError(
      'ValidationException',
      'SingleSignOnUserIdentifier and SingleSignOnUserValue are required when the AuthMode of the Domain is SSO.',
    )
  }
  if (AuthMode !== 'SSO' && (identifier ?? value) !== undefined) {
    throw new AwsError(
      'ValidationException',
      'SingleSignOnUserIdentifier and SingleSignOnUserValue cannot be specified when the AuthMode of the Domain is not SSO.',
    )
  }
}

/** API_UserSettings, SecurityGroups: required with VpcOnly, "unless specified as part of the DefaultUserSettings". Sentence inferred. */
export function checkGroups(
  groups: readonly string[] | undefined,
  { description: { AppNetworkAccessType, DefaultUserSettings } }: Domain,
): void {
  if (AppNetworkAccessType !== 'VpcOnly' || groups?.length || DefaultUserSettings?.SecurityGroups?.length) return
  throw new AwsError('ValidationException', 'SecurityGroups are required when AppNetworkAccessType is VpcOnly.')
}

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, input: Request, arn: string): void {
  if (userProfiles.find(world.store, call, nameOf(input))) {
    throw new AwsError('ResourceInUse', `UserProfile [${arn}] already exists.`)
  }
}

function newProfile({ Tags: _, ...input }: Request, { call }: Permit, arn: string, uid: string): UserProfile {
  const now = call.time / 1000
  return {
    account: call.account,
    region: call.region,
    name: nameOf(input),
    arn,
    description: {
      ...input,
      UserProfileArn: arn,
      HomeEfsFileSystemUid: uid,
      Status: 'Pending',
      CreationTime: now,
      LastModifiedTime: now,
    },
  }
}
