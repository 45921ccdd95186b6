import type { CreateSpaceCommandInput, CreateSpaceCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Permit } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { domainInService, takeUid } from './domain.ts'
import { checkNamed, settingsKeys } from './settings.ts'
import { saveAndSettle } from './settle.ts'
import { settleSpace, spaceKeys, spaces, type Space } from './space.ts'
import { userProfiles } from './user-profile.ts'

type Request = Shape<CreateSpaceCommandInput>

export const createSpace = operation<CreateSpaceCommandInput, CreateSpaceCommandOutput>('sagemaker', 'CreateSpace', {
  needs: (input, call) =>
    toCreate(call, spaces.arn(call, nameOf(input)), input.Tags, {
      ...settingsKeys(input.SpaceSettings),
      ...spaceKeys(call, input),
      ...remoteAccessKey(input.SpaceSettings),
    }),
  perform(input, permit) {
    const { call, world } = permit
    const arn = spaces.arn(call, nameOf(input))
    checkNamed(world.store, call, input.SpaceSettings)
    domainInService(world.store, call, input.DomainId)
    checkOwner(input, permit)
    saveAndSettle(world, spaces, settleSpace, () => {
      refuseTaken(permit, input, arn)
      const uid = takeUid(world.store, domainInService(world.store, call, input.DomainId))
      putTags(world.store, arn, input.Tags)
      return newSpace(input, permit, arn, uid)
    })
    return { SpaceArn: arn }
  },
})

const nameOf = ({ DomainId, SpaceName }: Request) => `${DomainId}/${SpaceName}`

export function remoteAccessKey(settings: Request['SpaceSettings'] | undefined): ContextValues {
  return settings?.RemoteAccess ? { 'sagemaker:RemoteAccess': settings.RemoteAccess } : {}
}

/** A private space has an owner, and the owner is a user of the domain. Sentences inferred. */
function checkOwner({ DomainId, OwnershipSettings, SpaceSharingSettings }: Request, { call, world }: Permit): void {
  if ((OwnershipSettings === undefined) !== (SpaceSharingSettings === undefined)) {
    throw new AwsError('ValidationException', 'OwnershipSettings and SpaceSharingSettings must be specified together.')
  }
  if (OwnershipSettings) userProfiles.must(world.store, call, `${DomainId}/${OwnershipSettings.OwnerUserProfileName}`)
}

/** inferred: sentence */
function refuseTaken({ call, world }: Permit, input: Request, arn: string): void {
  if (spaces.find(world.store, call, nameOf(input))) {
    throw new AwsError('ResourceInUse', `Space [${arn}] already exists.`)
  }
}

function newSpace({ Tags: _, ...input }: Request, { call }: Permit, arn: string, uid: string): Space {
  const now = call.time / 1000
  return {
    account: call.account,
    region: call.region,
    name: nameOf(input),
    arn,
    description: {
      ...input,
      SpaceArn: arn,
      HomeEfsFileSystemUid: uid,
      Status: 'Pending',
      CreationTime: now,
      LastModifiedTime: now,
    },
  }
}
