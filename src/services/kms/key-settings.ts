import type {
  DisableKeyCommandInput,
  DisableKeyCommandOutput,
  EnableKeyCommandInput,
  EnableKeyCommandOutput,
  UpdateKeyDescriptionCommandInput,
  UpdateKeyDescriptionCommandOutput,
} from '@aws-sdk/client-kms'
import { updateKey } from './key.ts'
import { parseKeyOnly } from './key-id.ts'
import { requireNotDeleted, requireNotManaged, requireState } from './key-state.ts'
import { kmsOperation } from './kms-operation.ts'
import { onOwnKey } from './needs.ts'

export const enableKey = kmsOperation<EnableKeyCommandInput, EnableKeyCommandOutput>('EnableKey', {
  needs: onOwnKey('EnableKey'),
  perform: ({ KeyId }, { call, world }) => {
    updateKey(world, parseKeyOnly(KeyId, call), (key) => {
      requireNotManaged(key)
      requireState(key, 'Enabled', 'Disabled')
      return { ...key, enabled: true }
    })
    return {}
  },
})

export const disableKey = kmsOperation<DisableKeyCommandInput, DisableKeyCommandOutput>('DisableKey', {
  needs: onOwnKey('DisableKey'),
  perform: ({ KeyId }, { call, world }) => {
    updateKey(world, parseKeyOnly(KeyId, call), (key) => {
      requireNotManaged(key)
      requireState(key, 'Enabled', 'Disabled')
      return { ...key, enabled: false }
    })
    return {}
  },
})

export const updateKeyDescription = kmsOperation<UpdateKeyDescriptionCommandInput, UpdateKeyDescriptionCommandOutput>(
  'UpdateKeyDescription',
  {
    needs: onOwnKey('UpdateKeyDescription'),
    perform: ({ KeyId, Description }, { call, world }) => {
      updateKey(world, parseKeyOnly(KeyId, call), (key) => {
        requireNotManaged(key)
        requireNotDeleted(key)
        return { ...key, description: Description }
      })
      return {}
    },
  },
)
