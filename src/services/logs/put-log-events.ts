import type { PutLogEventsCommandInput, PutLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { batchKey, type Batch } from './events.ts'
import { invalidParameter } from './errors.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { findStream, streamKey, type LogStream } from './log-stream.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** API Reference, PutLogEvents: what a batch may be. The model bounds the number of events. */
const limits = { batchBytes: 1_048_576, eventOverheadBytes: 26, spanMs: DAY, futureMs: 2 * HOUR, pastMs: 14 * DAY }

/** Sequence tokens are still handed out; since January 2023 AWS takes any, or none. */
export const sequenceToken = (batches: number): string => `49${String(batches).padStart(54, '0')}`

export const putLogEvents = operation<PutLogEventsCommandInput, PutLogEventsCommandOutput>('logs', 'PutLogEvents', {
  needs: (input, call) => [logsNeed('PutLogEvents', groupId(input, call), call, { stream: input.logStreamName })],
  perform: (input, { call, world: { store } }) => {
    const id = groupId(input, call)
    const key = streamKey(id, input.logStreamName)
    const events = input.logEvents
    checkBatch(events)
    return store.transaction(() => {
      const group = findGroup(store, id)
      const stream = findStream(store, id, input.logStreamName)
      const { taken, rejected } = sift(events, call.time, group.retentionInDays)
      if (taken.length > 0) {
        const batch: Batch = { number: stream.batches, ingestionTime: call.time, events: taken }
        store.put('logs/events', batchKey(key, batch), batch)
        store.put('logs/stream', key, grown(stream, batch))
      }
      return {
        nextSequenceToken: sequenceToken(stream.batches + (taken.length > 0 ? 1 : 0)),
        ...(rejected && { rejectedLogEventsInfo: rejected }),
      }
    })
  },
})

type Events = Batch['events']

function bytesOf(events: Events): number {
  return events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + limits.eventOverheadBytes, 0)
}

function checkBatch(events: Events): void {
  if (events.some(({ timestamp }, i) => i > 0 && timestamp < events[i - 1]!.timestamp)) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
  }
  if (events.at(-1)!.timestamp - events[0]!.timestamp > limits.spanMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
  }
  const bytes = bytesOf(events)
  if (bytes > limits.batchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limits.batchBytes}`)
  }
}

interface Rejected {
  tooOldLogEventEndIndex?: number
  expiredLogEventEndIndex?: number
  tooNewLogEventStartIndex?: number
}

/** The events that fall into the time that Logs takes; which do not is told by index, the end indexes exclusive. */
function sift(events: Events, now: number, retentionInDays?: number): { taken: Events; rejected?: Rejected } {
  const firstAtOrAfter = (time: number) => {
    const index = events.findIndex(({ timestamp }) => timestamp >= time)
    return index < 0 ? events.length : index
  }
  const tooOldEnd = firstAtOrAfter(now - limits.pastMs)
  const expiredEnd = retentionInDays === undefined ? 0 : firstAtOrAfter(now - retentionInDays * DAY)
  const tooNewStart = firstAtOrAfter(now + limits.futureMs + 1)
  const rejected: Rejected = {
    ...(tooOldEnd > 0 && { tooOldLogEventEndIndex: tooOldEnd }),
    ...(expiredEnd > tooOldEnd && { expiredLogEventEndIndex: expiredEnd }),
    ...(tooNewStart < events.length && { tooNewLogEventStartIndex: tooNewStart }),
  }
  return {
    taken: events.slice(Math.max(tooOldEnd, expiredEnd), tooNewStart),
    ...(Object.keys(rejected).length > 0 && { rejected }),
  }
}

function grown(stream: LogStream, { events, ingestionTime }: Batch): LogStream {
  const [first, last] = [events[0]!.timestamp, events.at(-1)!.timestamp]
  return {
    ...stream,
    firstEventTimestamp: Math.min(first, stream.firstEventTimestamp ?? first),
    lastEventTimestamp: Math.max(last, stream.lastEventTimestamp ?? last),
    lastIngestionTime: ingestionTime,
    batches: stream.batches + 1,
    spanMs: Math.max(stream.spanMs, last - first),
    storedBytes: stream.storedBytes + bytesOf(events),
  }
}
