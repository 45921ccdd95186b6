import type { CreateKeyCommandInput, CreateKeyCommandOutput, KeySpec, KeyUsageType } from '@aws-sdk/client-kms'
import { need } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { notBuilt, validation } from './errors.ts'
import { type Key, saveKey, seconds } from './key.ts'
import { bindKeyPolicy, defaultPolicy } from './key-policy-text.ts'
import { specs } from './key-spec.ts'
import { kmsOperation } from './kms-operation.ts'
import { checkLockout } from './lockout.ts'
import { makeMaterial, newMaterialId, sealMaterial } from './material.ts'
import { metadataOf } from './metadata.ts'
import { callKeys, requestTagKeys, specKeys } from './needs.ts'
import { mergeTags } from './tag-list.ts'

type Input = Shape<CreateKeyCommandInput>

export const createKey = kmsOperation<CreateKeyCommandInput, CreateKeyCommandOutput>('CreateKey', {
  needs: (input, call) => {
    const context = { ...callKeys(call), ...requestKeys(input), ...requestTagKeys(input.Tags) }
    return [
      need('kms:CreateKey', '*', { context }),
      // "To use this parameter, you must have kms:TagResource permission in an IAM policy."
      ...(input.Tags?.length ? [need('kms:TagResource', '*', { context })] : []),
    ]
  },
  perform: async (input, { call, world }) => {
    const made = choose(input)
    const tags = mergeTags({}, input.Tags)
    const id = input.MultiRegion ? `mrk-${world.hex(32)}` : keyIdOf(world)
    const key: Key = {
      id,
      account: call.account,
      region: call.region,
      createdAt: seconds(call),
      description: input.Description ?? '',
      ...made,
      manager: 'CUSTOMER',
      enabled: true,
      policy: bindKeyPolicy(call, input.Policy ?? defaultPolicy(call.account, call.region)),
      tags,
      aliases: [],
      materials: [],
      ...(input.MultiRegion && { multiRegion: { primary: call.region, replicas: [] } }),
    }
    if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) checkLockout(call, key)
    const whole = key.origin === 'AWS_KMS' ? await withMaterial(world, key) : key
    return world.store.transaction(() => {
      saveKey(world.store, whole)
      return { KeyMetadata: metadataOf(whole) }
    })
  },
})

function requestKeys(input: Input) {
  return {
    ...specKeys({ ...asked(input), ...(input.MultiRegion && { multiRegion: { primary: '', replicas: [] } }) }),
    'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck ?? false),
  }
}

/** What was asked for, defaults filled in; not yet held against what there is. */
function asked(input: Input): Pick<Key, 'spec' | 'usage' | 'origin'> {
  const spec: KeySpec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  return { spec, usage: input.KeyUsage ?? 'ENCRYPT_DECRYPT', origin: input.Origin ?? 'AWS_KMS' }
}

function choose(input: Input): Pick<Key, 'spec' | 'usage' | 'origin'> {
  const { KeySpec: given, CustomerMasterKeySpec: older } = input
  if (given !== undefined && older !== undefined)
    throw validation(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  const { spec, origin } = asked(input)
  if (input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined || /CLOUDHSM|KEY_STORE/.test(origin))
    throw notBuilt('kms:CreateKey in a custom key store')
  const facts = specs[spec]
  if (!facts) throw notBuilt(`kms:CreateKey with KeySpec ${spec}`)
  return { spec, origin, usage: usageOf(spec, facts.usages, input.KeyUsage) }
}

/** "The default value is ENCRYPT_DECRYPT. This parameter is optional when you are creating a symmetric encryption KMS key." */
function usageOf(spec: KeySpec, usages: readonly KeyUsageType[], given: KeyUsageType | undefined): KeyUsageType {
  if (given === undefined && !usages.includes('ENCRYPT_DECRYPT'))
    throw validation(`You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.`)
  if (given === undefined && spec !== 'SYMMETRIC_DEFAULT')
    throw validation(`You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.`)
  const usage = given ?? 'ENCRYPT_DECRYPT'
  if (!usages.includes(usage)) throw validation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
  return usage
}

async function withMaterial(world: World, key: Key): Promise<Key> {
  const { secret, publicKey } = await makeMaterial(key.spec)
  const id = newMaterialId(world)
  return {
    ...key,
    materials: [{ id, sealed: sealMaterial(world, key.id, id, secret), createdAt: key.createdAt }],
    ...(publicKey && { publicKey: publicKey.toString('base64') }),
  }
}

/** A version 4 UUID that no key of this store bears. */
function keyIdOf(world: World): string {
  const digits = world.hex(32)
  const variant = '89ab'[Number.parseInt(digits[16]!, 16) & 3]!
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
}
