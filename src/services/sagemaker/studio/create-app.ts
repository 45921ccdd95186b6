import type { CreateAppCommandInput, CreateAppCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Call, Permit } from '../../../door/call.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { imageVersions } from '../image/image-version.ts'
import { images } from '../image/image.ts'
import { operation } from '../../operation.ts'
import { toCreate } from '../resource-needs.ts'
import { putTags } from '../tags.ts'
import { appName, apps, isShown, type App } from './app.ts'
import { appOwner, resourceSpec } from './app-owner.ts'
import { domainInService } from './domain.ts'
import { checkNamed, settingsKeys } from './settings.ts'
import { saveAndSettle } from './settle.ts'
import { settleApp } from './settle-app.ts'
import { spaceKeys, spaces } from './space.ts'
import { mustBeStill } from './still.ts'
import { userProfiles } from './user-profile.ts'

export type AppRequest = Shape<CreateAppCommandInput>

/** Answers before the app stands; what its role lacks fails it then (settle-app.ts). */
export const createApp = operation<CreateAppCommandInput, CreateAppCommandOutput>('sagemaker', 'CreateApp', {
  needs: (input, call) =>
    toCreate(call, apps.arn(call, appName(input)), input.Tags, {
      ...settingsKeys(input.ResourceSpec),
      ...ownerKeys(call, input),
    }),
  perform(input, permit) {
    const { call, world } = permit
    checkRequest(input, permit)
    const arn = apps.arn(call, appName(input))
    saveAndSettle(world, apps, settleApp, () => {
      checkOwner(input, permit)
      refuseTaken(input, permit, arn)
      putTags(world.store, arn, input.Tags)
      return newApp(input, permit, arn)
    })
    return { AppArn: arn }
  },
})

export function ownerKeys(call: Call, { DomainId, SpaceName }: Pick<AppRequest, 'DomainId' | 'SpaceName'>) {
  return SpaceName === undefined
    ? {}
    : spaceKeys(call, spaces.find(call.world.store, call, `${DomainId}/${SpaceName}`)?.description)
}

const ofSpacesOnly = ['JupyterLab', 'CodeEditor']

/** Rules between members, which the model cannot state (API_CreateApp). Sentences inferred. */
function checkRequest(input: AppRequest, { call, world }: Permit): void {
  if ((input.UserProfileName === undefined) === (input.SpaceName === undefined)) {
    throw new AwsError('ValidationException', 'Specify either UserProfileName or SpaceName.')
  }
  if (input.SpaceName === undefined && ofSpacesOnly.includes(input.AppType)) {
    throw new AwsError('ValidationException', `SpaceName is required for apps of type ${input.AppType}.`)
  }
  checkNamed(world.store, call, input.ResourceSpec)
  const { SageMakerImageArn: image, SageMakerImageVersionArn: version } = input.ResourceSpec ?? {}
  for (const [noun, arn, resources] of [
    ['Image', image, images],
    ['ImageVersion', version, imageVersions],
  ] as const) {
    // AWS's own images belong to accounts of AWS's, of which nothing is known here.
    if (!arn?.startsWith(`arn:aws:sagemaker:${call.region}:${call.account}:`)) continue
    if (!resources.find(world.store, call, arn.slice(arn.indexOf('/') + 1))) {
      throw new AwsError('ValidationException', `${noun} [${arn}] does not exist.`)
    }
  }
}

function checkOwner(input: AppRequest, { call, world: { store } }: Permit): void {
  domainInService(store, call, input.DomainId)
  if (input.UserProfileName !== undefined) {
    mustBeStill('UserProfile', userProfiles.must(store, call, `${input.DomainId}/${input.UserProfileName}`))
    return
  }
  const space = spaces.must(store, call, `${input.DomainId}/${input.SpaceName}`)
  mustBeStill('Space', space)
  const type = space.description.SpaceSettings?.AppType
  if (type !== undefined && type !== input.AppType) {
    throw new AwsError('ValidationException', `Space [${space.arn}] is for apps of type ${type}.`) // inferred: sentence
  }
}

/** A name is free again once its app is deleted or has failed. inferred: the latter, and the sentence */
function refuseTaken(input: AppRequest, { call, world }: Permit, arn: string): void {
  const found = apps.find(world.store, call, appName(input))
  if (!found) return
  const { Status } = found.description
  if (Status === 'Failed' || Status === 'Deleted' || !isShown(found, world.now() / 1000)) {
    apps.delete(world.store, found)
    return
  }
  throw new AwsError('ResourceInUse', `App [${arn}] already exists.`)
}

function newApp({ Tags: _, ...input }: AppRequest, { call, world }: Permit, arn: string): App {
  return {
    account: call.account,
    region: call.region,
    name: appName(input),
    arn,
    description: {
      ...input,
      AppArn: arn,
      Status: 'Pending',
      CreationTime: call.time / 1000,
      ResourceSpec: resourceSpec(input, appOwner(world.store, call, input)),
    },
  }
}
