import type { DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { findGroup, groupId, groupKey, logsNeed } from './log-group.ts'
import { removeStream, streamsOf } from './log-stream.ts'

/** Deletes the group with its streams and all their events. */
export const deleteLogGroup = operation<DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput>(
  'logs',
  'DeleteLogGroup',
  {
    needs: (input, call) => [logsNeed('DeleteLogGroup', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const id = groupId(input, call)
      return store.transaction(() => {
        // inferred: code and sentence.
        if (findGroup(store, id).deletionProtectionEnabled) {
          throw new AwsError(
            'ValidationException',
            'The log group cannot be deleted because it has deletion protection enabled.',
          )
        }
        for (const { name } of streamsOf(store, id)) removeStream(store, id, name, call.time)
        for (const kind of ['logs/metric-filter', 'logs/data-key']) {
          for (const row of store.list(kind, { prefix: `${groupKey(id)}/` })) store.delete(kind, row.key)
        }
        store.delete('logs/size', groupKey(id))
        store.delete('logs/group', groupKey(id))
        return {}
      })
    },
  },
)
