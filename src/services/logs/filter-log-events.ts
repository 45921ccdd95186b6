import { hash } from 'node:crypto'
import type { FilterLogEventsCommandInput, FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { eventsBefore, eventsFrom, printPosition, type Position, type StoredEvent } from './events.ts'
import { eventBytes } from './chunk.ts'
import { invalidParameter, invalidToken } from './errors.ts'
import { compileFilter, type Filter } from './filter-pattern.ts'
import { oldestKept } from './get-log-events.ts'
import { interleave } from './interleave.ts'
import { findGroup, groupId, logsNeed } from './log-group.ts'
import { findStream, streamsOf, type LogStream } from './log-stream.ts'
import { withKeys } from './sealed.ts'

/** One answer: at most so many events, so many bytes of them, and so many events looked at. */
const limits = { events: 10_000, bytes: 1_048_576, scanned: 100_000 }

/** An event's place among those of all streams: by time, then stream, then order of arrival. */
interface Place extends Position {
  stream: string
}

interface FoundEvent extends StoredEvent {
  stream: string
}

/** Events of several streams, interleaved in order of time, as far as they match the pattern. */
export const filterLogEvents = operation<FilterLogEventsCommandInput, FilterLogEventsCommandOutput>(
  'logs',
  'FilterLogEvents',
  {
    needs: (input, call) => [logsNeed('FilterLogEvents', groupId(input, call), call)],
    perform: (input, { call, world }) =>
      withKeys(world, groupId(input, call), (keys) => {
        const { store } = world
        const id = groupId(input, call)
        const group = findGroup(store, id)
        const { logStreamNames, logStreamNamePrefix, limit = limits.events } = input
        if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
          throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive.') // inferred: sentence
        }
        const streams = logStreamNames
          ? logStreamNames.map((name) => findStream(store, id, name))
          : streamsOf(store, id, logStreamNamePrefix)
        const wanted = compileFilter(input.filterPattern ?? '')
        const start = Math.max(input.startTime ?? 0, oldestKept(group, call.time))
        // Unlike in GetLogEvents, the end is part of what is asked for.
        const end = (input.endTime ?? Number.MAX_SAFE_INTEGER - 1) + 1
        const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken)
        const forward = token?.forward ?? input.startFromHead ?? true

        const sources = streams.map((stream) => {
          const source = { group: id, stream, keys }
          const bound = token ? boundIn(stream, token.place) : undefined
          const events = forward
            ? eventsFrom(store, source, bound ?? { timestamp: start, batch: 0, index: 0 })
            : eventsBefore(store, source, bound ?? { timestamp: end, batch: 0, index: 0 })
          return named(stream.name, events)
        })
        const first = (a: FoundEvent, b: FoundEvent) => (forward ? compare(a, b) : compare(b, a)) < 0
        const { events, nextPlace } = collect(interleave(sources, first), wanted, limit, ({ timestamp }) =>
          forward ? timestamp < end : timestamp >= start,
        )
        return {
          events: events.map(({ stream, timestamp, message, ingestionTime, position }) => ({
            logStreamName: stream,
            timestamp,
            message,
            ingestionTime,
            eventId: eventId(stream, position),
          })),
          searchedLogStreams: [],
          ...(nextPlace && { nextToken: printToken(forward, nextPlace) }),
        }
      }),
  },
)

function* named(stream: string, events: Iterable<StoredEvent>): Generator<FoundEvent, void> {
  for (const event of events) yield { ...event, stream }
}

/** Two heads are never of the same stream. */
function compare(a: FoundEvent, b: FoundEvent): number {
  return a.timestamp - b.timestamp || (a.stream < b.stream ? -1 : 1)
}

/** What fits into one answer; where to go on when something was left over. */
function collect(
  events: Iterable<FoundEvent>,
  wanted: Filter,
  limit: number,
  inside: (event: FoundEvent) => boolean,
): { events: FoundEvent[]; nextPlace?: Place } {
  const taken: FoundEvent[] = []
  let bytes = 0
  let scanned = 0
  let last: FoundEvent | undefined
  for (const event of events) {
    if (!inside(event)) break
    const matches = wanted.test(event.message)
    if (matches) bytes += eventBytes(event.message)
    const full = taken.length === limit || (taken.length > 0 && bytes > limits.bytes) || scanned === limits.scanned
    if (full) return { events: taken, nextPlace: { ...last!.position, stream: last!.stream } }
    if (matches) taken.push(event)
    scanned++
    last = event
  }
  return { events: taken }
}

/** Where reading goes on in one stream after an event of that or another stream; see `compare`. */
function boundIn(stream: LogStream, { timestamp, batch, index, stream: at }: Place): Position {
  if (stream.name === at) return { timestamp, batch, index }
  return stream.name < at ? { timestamp: timestamp + 1, batch: 0, index: 0 } : { timestamp, batch: 0, index: 0 }
}

/** The token holds the first place that was not shown: forward the one after the last event, backward the last event's own. */
function printToken(forward: boolean, { timestamp, batch, index, stream }: Place): string {
  const place = [forward ? 'f' : 'b', timestamp, batch, forward ? index + 1 : index, stream]
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function parseToken(token: string): { forward: boolean; place: Place } {
  const text = Buffer.from(token, 'base64url').toString()
  const [, direction, timestamp, batch, index, stream] =
    /^\["([fb])",(\d{1,16}),(\d{1,16}),(\d{1,16}),(".*")\]$/s.exec(text) ?? []
  if (stream === undefined) throw invalidToken()
  try {
    const place = {
      timestamp: Number(timestamp),
      batch: Number(batch),
      index: Number(index),
      stream: JSON.parse(stream) as string,
    }
    return { forward: direction === 'f', place }
  } catch {
    throw invalidToken()
  }
}

/** 56 digits, unique within a group: an event's place in its stream, and a number that stands for the stream. */
function eventId(stream: string, position: Position): string {
  const place = printPosition(position)
  const number = BigInt(`0x${hash('sha256', stream).slice(0, 16)}`)
    .toString()
    .padStart(20, '0')
  return `${place.slice(0, 16)}${number}${place.slice(26, 36)}${place.slice(46, 56)}`
}
