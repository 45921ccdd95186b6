import type { DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { sequenceToken } from './put-log-events.ts'
import { invalidParameter } from './errors.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { streamArn, streamsOf } from './log-stream.ts'
import { page } from './page.ts'

/** Streams of a group by name, or by the time of their last event. */
export const describeLogStreams = operation<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput>(
  'logs',
  'DescribeLogStreams',
  {
    needs: (input, call) => [logsNeed('DescribeLogStreams', groupId(input, call), call)],
    perform: (input, { call, world: { store } }) => {
      const id = groupId(input, call)
      findGroup(store, id)
      const { logStreamNamePrefix = '', orderBy = 'LogStreamName' } = input
      const byTime = orderBy === 'LastEventTime'
      if (byTime && logStreamNamePrefix !== '') {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
      }
      const streams = streamsOf(store, id).filter(({ name }) => name.startsWith(logStreamNamePrefix))
      const { items, nextToken } = page(
        streams,
        ({ name, lastEventTimestamp = 0 }) =>
          byTime ? `${String(lastEventTimestamp).padStart(16, '0')}${name}` : name,
        input,
      )
      return {
        logStreams: items.map((stream) => ({
          logStreamName: stream.name,
          creationTime: stream.creationTime,
          ...(stream.firstEventTimestamp !== undefined && { firstEventTimestamp: stream.firstEventTimestamp }),
          ...(stream.lastEventTimestamp !== undefined && { lastEventTimestamp: stream.lastEventTimestamp }),
          ...(stream.lastIngestionTime !== undefined && { lastIngestionTime: stream.lastIngestionTime }),
          uploadSequenceToken: sequenceToken(stream.batches),
          arn: streamArn(id, stream.name),
          // AWS has reported 0 here for every stream since June 2019 (API Reference, LogStream).
          storedBytes: 0,
        })),
        ...(nextToken !== undefined && { nextToken }),
      }
    },
  },
)
