import type { GetLogEventsCommandInput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import { operation } from '../operation.ts'
import { eventsBefore, eventsFrom, parsePosition, printPosition, type Position, type StoredEvent } from './events.ts'
import { eventBytes } from './chunk.ts'
import { invalidToken } from './errors.ts'
import { findGroup, groupId, logsNeed, type LogGroup } from './log-group.ts'
import { findStream } from './log-stream.ts'
import { withKeys } from './sealed.ts'

/** The most that one answer carries (API Reference, GetLogEvents `limit`). */
const limits = { events: 10_000, bytes: 1_048_576 }

/**
 * A page of one stream, oldest first within the page. A token is a place between events, and a direction: `f/…` goes on
 * with what comes at or after it, `b/…` with what comes before. At an end of the stream the token stays the same.
 */
export const getLogEvents = operation<GetLogEventsCommandInput, GetLogEventsCommandOutput>('logs', 'GetLogEvents', {
  needs: (input, call) => [logsNeed('GetLogEvents', groupId(input, call), call, { stream: input.logStreamName })],
  perform: (input, { call, world }) =>
    withKeys(world, groupId(input, call), (keys) => {
      const { store } = world
      const id = groupId(input, call)
      const group = findGroup(store, id)
      const source = { group: id, stream: findStream(store, id, input.logStreamName), keys }
      const start = startOf(Math.max(input.startTime ?? 0, oldestKept(group, call.time)))
      const end = startOf(input.endTime ?? Number.MAX_SAFE_INTEGER)
      const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken)
      const forward = token ? token.forward : (input.startFromHead ?? false)
      const place = token?.place ?? (forward ? start : end)

      const events = forward
        ? take(
            eventsFrom(store, source, later(place, start)),
            input.limit,
            ({ timestamp }) => timestamp < end.timestamp,
          )
        : take(
            eventsBefore(store, source, earlier(place, end)),
            input.limit,
            ({ timestamp }) => timestamp >= start.timestamp,
          ).reverse()
      const first = events.at(0)?.position
      const last = events.at(-1)?.position
      // A stream that is still empty is read from its beginning when its first events have come.
      const here = token?.place ?? start
      return {
        events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${printPosition(last ? { ...last, index: last.index + 1 } : here)}/s`,
        nextBackwardToken: `b/${printPosition(first ?? here)}/s`,
      }
    }),
})

/** Events older than the group keeps are gone, whether or not their batch was swept yet. */
export function oldestKept({ retentionInDays }: LogGroup, now: number): number {
  return retentionInDays === undefined ? 0 : now - retentionInDays * 24 * 3_600_000
}

function startOf(timestamp: number): Position {
  return { timestamp, batch: 0, index: 0 }
}

function later(a: Position, b: Position): Position {
  return a.timestamp >= b.timestamp ? a : b
}

function earlier(a: Position, b: Position): Position {
  return a.timestamp < b.timestamp ? a : b
}

function parseToken(token: string): { forward: boolean; place: Position } {
  const [, direction, text] = /^([fb])\/(\d+)\/s$/.exec(token) ?? []
  const place = text === undefined ? undefined : parsePosition(text)
  if (!place) throw invalidToken()
  return { forward: direction === 'f', place }
}

/** As many events as fit into one answer, up to the first that is out of bounds; always one, however long. */
function take(
  events: Iterable<StoredEvent>,
  limit = limits.events,
  inside: (event: StoredEvent) => boolean = () => true,
): StoredEvent[] {
  const taken: StoredEvent[] = []
  let bytes = 0
  for (const event of events) {
    bytes += eventBytes(event.message)
    if (!inside(event) || (taken.length > 0 && bytes > limits.bytes)) break
    taken.push(event)
    if (taken.length === limit) break
  }
  return taken
}
