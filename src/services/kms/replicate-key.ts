import type {
  ReplicateKeyCommandInput,
  ReplicateKeyCommandOutput,
  UpdatePrimaryRegionCommandInput,
  UpdatePrimaryRegionCommandOutput,
} from '@aws-sdk/client-kms'
import { type Call, need, type Need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { unsupported, validation } from './errors.ts'
import { findKey, getKey, type Key, keyArn, saveKey, seconds } from './key.ts'
import { parseKeyOnly } from './key-id.ts'
import { bindKeyPolicy, defaultPolicy } from './key-policy-text.ts'
import { requireState } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { checkLockout } from './lockout.ts'
import { metadataOf } from './metadata.ts'
import { callKeys, keyNeed, onOwnKey, requestTagKeys } from './needs.ts'
import { saveWithReplicas } from './replicas.ts'
import { requirePrimary } from './rotation.ts'
import { mergeTags } from './tag-list.ts'

/** inferred: the sentence. */
function requireMultiRegion(key: Key): NonNullable<Key['multiRegion']> {
  if (!key.multiRegion) throw unsupported(`${keyArn(key)} is not a multi-Region key.`)
  return key.multiRegion
}

export const replicateKey = kmsOperation<ReplicateKeyCommandInput, ReplicateKeyCommandOutput>('ReplicateKey', {
  needs: (input, call) => {
    const context = { ...callKeys(call), ...requestTagKeys(input.Tags) }
    return [
      keyNeed(call, 'ReplicateKey', parseKeyOnly(input.KeyId, call), {
        context: { 'kms:ReplicaRegion': input.ReplicaRegion },
      }),
      // "kms:CreateKey in an IAM policy in the replica Region", and kms:TagResource where there are tags.
      need('kms:CreateKey', '*', { context }),
      ...(input.Tags?.length ? [need('kms:TagResource', '*', { context })] : []),
    ]
  },
  perform: (input, { call, world: { store } }) =>
    store.transaction(() => {
      const { ReplicaRegion: region } = input
      const primary = findKey(store, parseKeyOnly(input.KeyId, call))
      const copies = requireMultiRegion(primary)
      requirePrimary(primary)
      requireState(primary, 'Enabled', 'Disabled', 'PendingImport')
      if (region === primary.region) throw validation('ReplicaRegion must differ from the Region of the primary key.')
      if (getKey(store, { ...primary, region }))
        throw new AwsError('AlreadyExistsException', `${keyArn({ ...primary, region })} already exists.`)
      const policy = bindKeyPolicy(call, input.Policy ?? defaultPolicy(primary.account, region))
      const multiRegion = { ...copies, replicas: [...copies.replicas, region] }
      const { deletion: _deletion, deletionAfterReplicas: _after, ...shared } = primary
      const replica: Key = {
        ...shared,
        region,
        createdAt: seconds(call),
        description: input.Description ?? '',
        policy,
        tags: mergeTags({}, input.Tags),
        aliases: [],
        enabled: true,
        // "You must import the same key material into the replica."
        materials: primary.origin === 'AWS_KMS' ? primary.materials : [],
        multiRegion,
      }
      if (input.Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) checkLockout(call, replica)
      saveKey(store, replica)
      saveWithReplicas(store, { ...primary, multiRegion })
      return {
        // It is enabled by the time that anybody can ask; AWS answers before (captured).
        ReplicaKeyMetadata: { ...metadataOf(replica), KeyState: 'Creating' as const, Enabled: false },
        ReplicaPolicy: policy.text,
        ReplicaTags: Object.entries(replica.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }
    }),
})

export const updatePrimaryRegion = kmsOperation<UpdatePrimaryRegionCommandInput, UpdatePrimaryRegionCommandOutput>(
  'UpdatePrimaryRegion',
  {
    needs: (input, call) => [
      ...onOwnKey('UpdatePrimaryRegion', {
        options: () => ({ context: { 'kms:PrimaryRegion': input.PrimaryRegion } }),
      })(input, call),
      ...newPrimaryNeed(call, input),
    ],
    perform: (input, { call, world: { store } }) =>
      store.transaction(() => {
        const { PrimaryRegion: region } = input
        const primary = findKey(store, parseKeyOnly(input.KeyId, call))
        const { replicas } = requireMultiRegion(primary)
        requirePrimary(primary)
        requireState(primary, 'Enabled')
        const next = findKey(store, { ...primary, region })
        requireState(next, 'Enabled')
        const multiRegion = { primary: region, replicas: [...replicas.filter((one) => one !== region), primary.region] }
        saveWithReplicas(store, { ...primary, multiRegion })
        return {}
      }),
  },
)

/** "You need this permission on both the current primary key and the replica key." */
function newPrimaryNeed(call: Call, { KeyId, PrimaryRegion }: UpdatePrimaryRegionCommandInput): Need[] {
  const { kind, ...name } = parseKeyOnly(KeyId ?? '', call)
  const next = { ...name, region: PrimaryRegion ?? '' }
  if (next.region === name.region || !getKey(call.world.store, next)) return []
  return [keyNeed(call, 'UpdatePrimaryRegion', { kind, ...next }, { context: { 'kms:PrimaryRegion': next.region } })]
}
