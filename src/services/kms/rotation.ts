import type {
  DisableKeyRotationCommandInput,
  DisableKeyRotationCommandOutput,
  EnableKeyRotationCommandInput,
  EnableKeyRotationCommandOutput,
  GetKeyRotationStatusCommandInput,
  GetKeyRotationStatusCommandOutput,
} from '@aws-sdk/client-kms'
import { unsupported } from './errors.ts'
import { findKey, type Key, keyArn, seconds } from './key.ts'
import { openKey, parseKeyOnly } from './key-id.ts'
import { requireNotManaged, requireUsable, stateOf } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onOwnKey } from './needs.ts'
import { saveWithReplicas } from './replicas.ts'

const DAY = 86_400
const DEFAULT_DAYS = 365

/** Symmetric encryption keys with material by KMS; of a multi-Region key the primary. The first sentence's form: GetParametersForImport's, captured. */
function requireRotatable(key: Key, origins: readonly string[] = ['AWS_KMS']): void {
  if (key.spec !== 'SYMMETRIC_DEFAULT')
    throw unsupported(`${keyArn(key)} key spec is ${key.spec} which is not valid for this operation.`)
  if (!origins.includes(key.origin))
    throw unsupported(`${keyArn(key)} origin is ${key.origin} which is not valid for this operation.`)
}

/** inferred: the sentence. */
export function requirePrimary(key: Key): void {
  if (key.multiRegion && key.multiRegion.primary !== key.region)
    throw unsupported(`${keyArn(key)} is a multi-Region replica key, which is not valid for this operation.`)
}

/** What may be rotated on demand: imported material, too. */
export const requireRotatableOnDemand = (key: Key) => requireRotatable(key, ['AWS_KMS', 'EXTERNAL'])

export const enableKeyRotation = kmsOperation<EnableKeyRotationCommandInput, EnableKeyRotationCommandOutput>(
  'EnableKeyRotation',
  {
    needs: onOwnKey('EnableKeyRotation', {
      options: ({ RotationPeriodInDays }) => ({
        context: { 'kms:RotationPeriodInDays': String(RotationPeriodInDays ?? DEFAULT_DAYS) },
      }),
    }),
    perform: ({ KeyId, RotationPeriodInDays }, { call, world: { store } }) =>
      store.transaction(() => {
        const key = findKey(store, parseKeyOnly(KeyId, call))
        requireNotManaged(key)
        requireUsable(key)
        requireRotatable(key)
        requirePrimary(key)
        const periodDays = RotationPeriodInDays ?? key.rotation?.periodDays ?? DEFAULT_DAYS
        const next = seconds(call) + periodDays * DAY
        // "When you enable automatic rotation of a KMS key that already has it, the rotation date is not changed", unless its period is.
        const same = key.rotation?.enabled && key.rotation.periodDays === periodDays
        if (!same) saveWithReplicas(store, { ...key, rotation: { enabled: true, periodDays, next } })
        return {}
      }),
  },
)

export const disableKeyRotation = kmsOperation<DisableKeyRotationCommandInput, DisableKeyRotationCommandOutput>(
  'DisableKeyRotation',
  {
    needs: onOwnKey('DisableKeyRotation'),
    perform: ({ KeyId }, { call, world: { store } }) =>
      store.transaction(() => {
        const key = findKey(store, parseKeyOnly(KeyId, call))
        requireNotManaged(key)
        requireUsable(key)
        requireRotatable(key)
        requirePrimary(key)
        if (key.rotation) saveWithReplicas(store, { ...key, rotation: { ...key.rotation, enabled: false } })
        return {}
      }),
  },
)

export const getKeyRotationStatus = kmsOperation<GetKeyRotationStatusCommandInput, GetKeyRotationStatusCommandOutput>(
  'GetKeyRotationStatus',
  {
    needs: onOwnKey('GetKeyRotationStatus', { crossAccount: true }),
    perform: ({ KeyId }, { call, world }) => {
      const key = openKey(world, parseKeyOnly(KeyId, call))
      requireRotatableOnDemand(key)
      const { rotation } = key
      // "The key rotation status for a key pending deletion is false."
      const on = rotation?.enabled === true && stateOf(key) !== 'PendingDeletion'
      return {
        KeyRotationEnabled: on,
        KeyId: key.id,
        ...(on && { RotationPeriodInDays: rotation.periodDays, NextRotationDate: rotation.next }),
      }
    },
  },
)
