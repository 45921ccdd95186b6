import type { DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { removeStream } from './log-stream.ts'

/** Deletes the stream with all its events. */
export const deleteLogStream = operation<DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput>(
  'logs',
  'DeleteLogStream',
  {
    needs: (input, call) => [logsNeed('DeleteLogStream', groupId(input, call), call, { stream: input.logStreamName })],
    perform: (input, { call, world: { store } }) => {
      const id = groupId(input, call)
      return store.transaction(() => {
        findGroup(store, id)
        removeStream(store, id, input.logStreamName, call.time)
        return {}
      })
    },
  },
)
