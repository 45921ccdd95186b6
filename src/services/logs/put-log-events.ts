import type { PutLogEventsCommandInput, PutLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { Call } from '../../door/call.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { tell } from './arrivals.ts'
import { chunkKey, chunksOf, eventBytes, type Chunk, type Event } from './chunk.ts'
import { invalidParameter } from './errors.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { eventsKey, findStream, streamKey, type LogStream } from './log-stream.ts'
import { publish } from './metric-filter.ts'
import { sealChunk, writingKey } from './sealed.ts'
import { addStoredBytes } from './stored-bytes.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** API Reference, PutLogEvents: what a batch may be. The model bounds the number of events. */
const limits = { batchBytes: 1_048_576, spanMs: DAY, futureMs: 2 * HOUR, pastMs: 14 * DAY }

/** Sequence tokens are still handed out; since January 2023 AWS takes any, or none. */
export const sequenceToken = (batches: number): string => `49${String(batches).padStart(54, '0')}`

export const putLogEvents = operation<PutLogEventsCommandInput, PutLogEventsCommandOutput>('logs', 'PutLogEvents', {
  needs: (input, call) => [logsNeed('PutLogEvents', groupId(input, call), call, { stream: input.logStreamName })],
  perform: (input, { call, world }) => {
    const id = groupId(input, call)
    checkBatch(input.logEvents)
    const group = findGroup(world.store, id)
    findStream(world.store, id, input.logStreamName)
    if (group.kmsKeyId === undefined) return takeIn(world, call, input, (chunk) => chunk)
    return writingKey(world, id, group.kmsKeyId).then((key) =>
      takeIn(world, call, input, (chunk) => sealChunk(chunk, key)),
    )
  },
})

type Input = Shape<PutLogEventsCommandInput>
type Output = Shape<PutLogEventsCommandOutput>

/** Stores the events, then tells those who live on them: live tails and metric filters. */
function takeIn(world: World, call: Call, input: Input, sealed: (chunk: Chunk) => Chunk): Output | Promise<Output> {
  const { store } = world
  const id = groupId(input, call)
  const key = streamKey(id, input.logStreamName)
  const { taken, output } = store.transaction(() => {
    const group = findGroup(store, id)
    const stream = findStream(store, id, input.logStreamName)
    const { taken: events, rejected } = sift(input.logEvents, call.time, group.retentionInDays)
    const chunks = chunksOf(events, stream.batches, call.time)
    if (chunks.length > 0) {
      const prefix = eventsKey(id, stream)
      for (const chunk of chunks) store.put<Chunk>('logs/events', chunkKey(prefix, chunk), sealed(chunk))
      const bytes = bytesOf(events)
      store.put<LogStream>('logs/stream', key, grown(stream, chunks, bytes))
      addStoredBytes(store, id, bytes)
    }
    const nextSequenceToken = sequenceToken(stream.batches + chunks.length)
    return { taken: events, output: { nextSequenceToken, ...(rejected && { rejectedLogEventsInfo: rejected }) } }
  })
  if (taken.length === 0) return output
  tell(world, { group: id, stream: input.logStreamName, ingestionTime: call.time, events: taken })
  return publish(world, id, taken)?.then(() => output) ?? output
}

type Events = readonly Event[]

function bytesOf(events: Events): number {
  return events.reduce((sum, { message }) => sum + eventBytes(message), 0)
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

function grown(stream: LogStream, chunks: readonly Chunk[], bytes: number): LogStream {
  const [first, last] = [chunks[0]!.times[0]!, chunks.at(-1)!.times.at(-1)!]
  return {
    ...stream,
    firstEventTimestamp: Math.min(first, stream.firstEventTimestamp ?? first),
    lastEventTimestamp: Math.max(last, stream.lastEventTimestamp ?? last),
    lastIngestionTime: chunks[0]!.ingestionTime,
    batches: stream.batches + chunks.length,
    spanMs: Math.max(stream.spanMs, ...chunks.map(({ times }) => times.at(-1)! - times[0]!)),
    storedBytes: stream.storedBytes + bytes,
  }
}
