import type {
  PutLogGroupDeletionProtectionCommandInput,
  PutLogGroupDeletionProtectionCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { findGroup, groupId, groupKey, logsNeed, type LogGroup } from './log-group.ts'

export const putLogGroupDeletionProtection = operation<
  PutLogGroupDeletionProtectionCommandInput,
  PutLogGroupDeletionProtectionCommandOutput
>('logs', 'PutLogGroupDeletionProtection', {
  needs: (input, call) => [logsNeed('PutLogGroupDeletionProtection', groupId(input, call), call)],
  perform: (input, { call, world: { store } }) => {
    const id = groupId(input, call)
    const { deletionProtectionEnabled } = input
    return store.transaction(() => {
      store.put<LogGroup>('logs/group', groupKey(id), { ...findGroup(store, id), deletionProtectionEnabled })
      return {}
    })
  },
})
