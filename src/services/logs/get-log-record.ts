import type {
  GetLogGroupFieldsCommandInput,
  GetLogGroupFieldsCommandOutput,
  GetLogRecordCommandInput,
  GetLogRecordCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { comparePositions, eventsBefore, eventsFrom, type StoredEvent } from './events.ts'
import { oldestKept } from './get-log-events.ts'
import { discoveredIn } from './insights/row.ts'
import { textOf } from './insights/value.ts'
import { findGroup, groupId, logsNeed, type GroupId } from './log-group.ts'
import { findStream, streamsOf } from './log-stream.ts'
import { parsePointer, type Pointer } from './pointer.ts'
import { withKeys, type DataKeys } from './sealed.ts'

function pointerOf(text: string): Pointer {
  const pointer = parsePointer(text)
  if (!pointer) throw invalidParameter('The specified logRecordPointer is invalid.') // inferred: sentence
  return pointer
}

/** One event with all its fields, by the `@ptr` of a query's results. */
export const getLogRecord = operation<GetLogRecordCommandInput, GetLogRecordCommandOutput>('logs', 'GetLogRecord', {
  needs: ({ logRecordPointer }, call) => [logsNeed('GetLogRecord', pointerOf(logRecordPointer).group, call)],
  perform: ({ logRecordPointer, unmask }, { call, world }) => {
    if (unmask) throw new AwsError('NotImplemented', 'The parameter unmask of GetLogRecord is not built.', 501)
    const pointer = pointerOf(logRecordPointer)
    return withKeys(world, pointer.group, (keys) => {
      const event = eventAt(world, pointer, keys)
      const oldest = oldestKept(findGroup(world.store, pointer.group), call.time)
      if (!event || event.timestamp < oldest) {
        throw new AwsError('ResourceNotFoundException', 'The specified log record does not exist.') // inferred: sentence
      }
      return { logRecord: recordOf(pointer, event, logRecordPointer) }
    })
  },
})

function eventAt({ store }: World, { group, stream, position }: Pointer, keys: DataKeys): StoredEvent | undefined {
  findGroup(store, group)
  const source = { group, stream: findStream(store, group, stream), keys }
  const { value } = eventsFrom(store, source, position).next()
  return value && comparePositions(value.position, position) === 0 ? value : undefined
}

function recordOf({ group, stream }: Pointer, event: StoredEvent, pointer: string): Record<string, string> {
  const fields = discoveredIn({ fields: new Map(), message: event.message })
  return {
    ...Object.fromEntries(Array.from(fields, ([name, value]) => [name, textOf(value)!])),
    '@timestamp': String(event.timestamp),
    '@ingestionTime': String(event.ingestionTime),
    '@message': event.message,
    '@logStream': stream,
    '@log': `${group.account}:${group.name}`,
    '@ptr': pointer,
  }
}

/** Events that are looked at for their fields. */
const SAMPLE = 10_000

const MINUTE = 60_000

/** The fields of a group's events in a quarter of an hour, and in how many percent of them they are. */
export const getLogGroupFields = operation<GetLogGroupFieldsCommandInput, GetLogGroupFieldsCommandOutput>(
  'logs',
  'GetLogGroupFields',
  {
    needs: (input, call) => [logsNeed('GetLogGroupFields', groupId(input, call), call)],
    perform: (input, { call, world }) => {
      const group = groupId(input, call)
      return withKeys(world, group, (keys) => {
        const oldest = oldestKept(findGroup(world.store, group), call.time)
        // The 15 minutes before now, or 8 minutes to either side of a time (API Reference, GetLogGroupFields `time`).
        const at = input.time === undefined ? undefined : input.time < 1e11 ? input.time * 1000 : input.time
        const [start, end] =
          at === undefined ? [call.time - 15 * MINUTE, call.time] : [at - 8 * MINUTE, at + 8 * MINUTE]
        return { logGroupFields: fieldsIn(world, { group, keys, start: Math.max(start, oldest), end }) }
      })
    },
  },
)

function fieldsIn(
  { store }: World,
  { group, keys, start, end }: { group: GroupId; keys: DataKeys; start: number; end: number },
): { name: string; percent: number }[] {
  const counts = new Map<string, number>()
  let events = 0
  for (const stream of streamsOf(store, group)) {
    for (const { timestamp, message } of eventsBefore(
      store,
      { group, stream, keys },
      { timestamp: end + 1, batch: 0, index: 0 },
    )) {
      if (timestamp < start || events === SAMPLE) break
      events++
      const names = [...discoveredIn({ fields: new Map(), message }).keys()]
      for (const name of [...names, '@timestamp', '@message', '@logStream', '@log', '@ingestionTime']) {
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    }
  }
  return Array.from(counts, ([name, count]) => ({ name, percent: Math.round((count / events) * 100) })).sort(
    (a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1),
  )
}
