import type { CreateLogStreamCommandInput, CreateLogStreamCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { streamExists } from './errors.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { newStream, streamKey, type LogStream } from './log-stream.ts'

export const createLogStream = operation<CreateLogStreamCommandInput, CreateLogStreamCommandOutput>(
  'logs',
  'CreateLogStream',
  {
    needs: (input, call) => [logsNeed('CreateLogStream', groupId(input, call), call, { stream: input.logStreamName })],
    perform: (input, { call, world }) => {
      const { store } = world
      const id = groupId(input, call)
      const key = streamKey(id, input.logStreamName)
      return store.transaction(() => {
        findGroup(store, id)
        if (store.get('logs/stream', key)) throw streamExists()
        store.put<LogStream>('logs/stream', key, newStream(world, input.logStreamName, call.time))
        return {}
      })
    },
  },
)
