import type {
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { findGroup, groupId, groupKey, logsNeed, type LogGroup } from './log-group.ts'

/** API Reference, PutRetentionPolicy `retentionInDays`. */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

export const putRetentionPolicy = operation<PutRetentionPolicyCommandInput, PutRetentionPolicyCommandOutput>(
  'logs',
  'PutRetentionPolicy',
  {
    needs: (input, call) => [logsNeed('PutRetentionPolicy', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const id = groupId(input, call)
      return store.transaction(() => {
        const group = findGroup(store, id)
        if (!days.includes(input.retentionInDays)) {
          // inferred: sentence
          throw invalidParameter(
            `1 validation error detected: Value '${input.retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${days.join(', ')}]`,
          )
        }
        store.put<LogGroup>('logs/group', groupKey(id), { ...group, retentionInDays: input.retentionInDays })
        return {}
      })
    },
  },
)

export const deleteRetentionPolicy = operation<DeleteRetentionPolicyCommandInput, DeleteRetentionPolicyCommandOutput>(
  'logs',
  'DeleteRetentionPolicy',
  {
    needs: (input, call) => [logsNeed('DeleteRetentionPolicy', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const id = groupId(input, call)
      return store.transaction(() => {
        const { retentionInDays: _, ...group } = findGroup(store, id)
        store.put<LogGroup>('logs/group', groupKey(id), group)
        return {}
      })
    },
  },
)
