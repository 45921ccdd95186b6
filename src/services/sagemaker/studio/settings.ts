import type { DefaultSpaceSettings, UserSettings } from '@aws-sdk/client-sagemaker'
import type { Call, Need } from '../../../door/call.ts'
import type { ContextValues } from '../../../policy/types.ts'
import type { Store } from '../../../store/store.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { Shape } from '../../../wire/shape.ts'
import { images } from '../image/image.ts'
import { passesRole, refuseForeignRole } from '../passed-role.ts'
import type { Place } from '../resources.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { appImageConfigs } from './app-image-config.ts'
import { studioLifecycleConfigs } from './studio-lifecycle-config.ts'

export type UserSettingsShape = Shape<UserSettings>
export type SpaceDefaults = Shape<DefaultSpaceSettings>

/** Members that are condition keys wherever in the settings they stand (Service Authorization Reference). */
const keyOf: Readonly<Record<string, string>> = {
  InstanceType: 'sagemaker:InstanceTypes',
  SageMakerImageArn: 'sagemaker:ImageArns',
  SageMakerImageVersionArn: 'sagemaker:ImageVersionArns',
  LifecycleConfigArn: 'sagemaker:StudioLifecycleConfigArns',
  LifecycleConfigArns: 'sagemaker:StudioLifecycleConfigArns',
  SecurityGroups: 'sagemaker:VpcSecurityGroupIds',
  SecurityGroupIds: 'sagemaker:VpcSecurityGroupIds',
}

/** SageMaker's condition keys of Studio settings (facts: errors.md B5): of each, every value that is named anywhere. */
export function settingsKeys(settings: unknown): ContextValues {
  const found = new Map<string, Set<string>>()
  const keys: Record<string, string | readonly string[]> = {}
  visit(settings)
  for (const [key, values] of found) keys[key] = [...values]
  return keys

  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) return node.forEach(visit)
    for (const [member, value] of Object.entries(node)) {
      const key = keyOf[member]
      if (key !== undefined) {
        const values = found.get(key) ?? found.set(key, new Set()).get(key)!
        for (const one of Array.isArray(value) ? value : [value]) if (typeof one === 'string') values.add(one)
      } else if (member === 'SharingSettings' && sharingKey(value) !== undefined) {
        keys['sagemaker:DomainSharingOutputKmsKey'] = keys['sagemaker:DomainSharingOutputKmsKeyArn'] =
          sharingKey(value)!
      } else visit(value)
    }
  }
}

const sharingKey = (value: unknown) => (value as { S3KmsKeyId?: string } | undefined)?.S3KmsKeyId

/** Of several settings, each role once (API permissions reference: iam:PassRole for each execution role). */
export function passesRoles(call: Call, roles: readonly (string | undefined)[]): Need[] {
  return [...new Set(roles)].flatMap((role) => passesRole(call, role))
}

/** Rules that the model cannot state, and what settings name. Sentences inferred. */
export function checkSettings(
  store: Store,
  call: Call,
  settings: UserSettingsShape | SpaceDefaults | undefined,
  checkedRoles: readonly (string | undefined)[],
): void {
  for (const role of checkedRoles) refuseForeignRole(call, role)
  const canvas = settings && 'CanvasAppSettings' in settings ? settings.CanvasAppSettings : undefined
  // Canvas hands these on to other services, each with rules of its own on passing them.
  refuseNotBuilt(call.operation, {
    'CanvasAppSettings.TimeSeriesForecastingSettings.AmazonForecastRoleArn':
      canvas?.TimeSeriesForecastingSettings?.AmazonForecastRoleArn,
    'CanvasAppSettings.ModelRegisterSettings.CrossAccountModelRegisterRoleArn':
      canvas?.ModelRegisterSettings?.CrossAccountModelRegisterRoleArn,
    'CanvasAppSettings.GenerativeAiSettings.AmazonBedrockRoleArn': canvas?.GenerativeAiSettings?.AmazonBedrockRoleArn,
    'CanvasAppSettings.EmrServerlessSettings.ExecutionRoleArn': canvas?.EmrServerlessSettings?.ExecutionRoleArn,
  })
  checkNamed(store, call, settings)
}

/** Lifecycle configurations, images and their configurations must be there. */
export function checkNamed(store: Store, at: Place, settings: unknown): void {
  for (const arn of settingsKeys(settings)['sagemaker:StudioLifecycleConfigArns'] ?? []) {
    if (arn === 'None') continue
    const name = arn.slice(arn.indexOf('/') + 1)
    const found = studioLifecycleConfigs.find(store, at, name)
    if (found?.arn !== arn) throw unknown(`StudioLifecycleConfig [${arn}]`)
  }
  for (const { ImageName, AppImageConfigName } of customImages(settings)) {
    if (!images.find(store, at, ImageName)) throw unknown(`Image [${ImageName}]`)
    if (!appImageConfigs.find(store, at, AppImageConfigName)) throw unknown(`AppImageConfig [${AppImageConfigName}]`)
  }
}

interface CustomImage {
  ImageName: string
  AppImageConfigName: string
}

export function customImages(node: unknown): CustomImage[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap(customImages)
  return Object.entries(node).flatMap(([member, value]) =>
    member === 'CustomImages' ? (value as CustomImage[]) : customImages(value),
  )
}

const unknown = (what: string) => new AwsError('ValidationException', `${what} does not exist.`) // inferred: sentence
