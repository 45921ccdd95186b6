import type {
  CancelKeyDeletionCommandInput,
  CancelKeyDeletionCommandOutput,
  ScheduleKeyDeletionCommandInput,
  ScheduleKeyDeletionCommandOutput,
} from '@aws-sdk/client-kms'
import { invalidState, validation } from './errors.ts'
import { type Key, keyArn, seconds, updateKey } from './key.ts'
import { parseKeyOnly } from './key-id.ts'
import { requireNotDeleted, requireNotManaged, stateOf } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onOwnKey } from './needs.ts'
import { plan } from './plan.ts'

const DAY = 86_400
const DEFAULT_DAYS = 30

export const scheduleKeyDeletion = kmsOperation<ScheduleKeyDeletionCommandInput, ScheduleKeyDeletionCommandOutput>(
  'ScheduleKeyDeletion',
  {
    needs: onOwnKey('ScheduleKeyDeletion', {
      options: ({ PendingWindowInDays }) => ({
        context: { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(PendingWindowInDays ?? DEFAULT_DAYS) },
      }),
    }),
    perform: ({ KeyId, PendingWindowInDays: days = DEFAULT_DAYS }, { call, world }) => {
      // "If you include a value, it must be between 7 and 30, inclusive." inferred: the sentence.
      if (days < 7 || days > 30) throw validation('PendingWindowInDays must be between 7 and 30, inclusive.')
      return world.store.transaction(() => {
        const key = updateKey(world, parseKeyOnly(KeyId, call), (found) => {
          requireNotManaged(found)
          requireNotDeleted(found)
          return scheduled(found, days, seconds(call))
        })
        plan(world.store, key)
        return {
          KeyId: keyArn(key),
          ...(key.deletion && { DeletionDate: key.deletion.date }),
          KeyState: stateOf(key),
          PendingWindowInDays: days,
        }
      })
    },
  },
)

/** The primary of a multi-Region key goes after its replicas. */
function scheduled(key: Key, days: number, now: number): Key {
  const { multiRegion: copies } = key
  if (copies?.primary === key.region && copies.replicas.length > 0)
    return { ...key, enabled: false, deletionAfterReplicas: { days } }
  return { ...key, enabled: false, deletion: { date: now + days * DAY, days } }
}

export const cancelKeyDeletion = kmsOperation<CancelKeyDeletionCommandInput, CancelKeyDeletionCommandOutput>(
  'CancelKeyDeletion',
  {
    needs: onOwnKey('CancelKeyDeletion'),
    perform: ({ KeyId }, { call, world }) => {
      const key = updateKey(world, parseKeyOnly(KeyId, call), (found) => {
        const { deletion, deletionAfterReplicas, ...rest } = found
        if (!deletion && !deletionAfterReplicas) throw invalidState(`${keyArn(found)} is not pending deletion.`)
        return rest
      })
      return { KeyId: keyArn(key) }
    },
  },
)
