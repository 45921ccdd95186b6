import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { StartLiveTailCommandInput, StartLiveTailCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { listenTo, type Arrival } from './arrivals.ts'
import { invalidParameter, unsupportedForClass } from './errors.ts'
import { compileFilter, type Filter } from './filter-pattern.ts'
import { findGroup, groupArn, groupIdOfArn, logsNeed, type GroupId } from './log-group.ts'

/** API Reference, StartLiveTail: an update a second with at most 500 events; a session ends after three hours. */
const limits = { everyMs: 1000, events: 500, sessionMs: 3 * 3_600_000, sessions: 15 }

interface Session {
  groups: Map<string, string>
  streams?: readonly string[]
  prefixes?: readonly string[]
  filter: Filter
}

const open = new WeakMap<World, number>()

/** Events as they come in, as an event stream, until the client hangs up or three hours have passed. */
export const startLiveTail = operation<StartLiveTailCommandInput, StartLiveTailCommandOutput>('logs', 'StartLiveTail', {
  needs: (input, call) => input.logGroupIdentifiers.map((arn) => logsNeed('StartLiveTail', named(arn), call)),
  perform: (input, { call, world }) => {
    const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern = '' } = input
    if (logGroupIdentifiers.length > 1 && (logStreamNames ?? logStreamNamePrefixes)) {
      // inferred: sentence
      throw invalidParameter('Log stream names and prefixes can be specified for a single log group only.')
    }
    if (logStreamNames && logStreamNamePrefixes) {
      throw invalidParameter('logStreamNamePrefixes and logStreamNames are mutually exclusive.') // inferred: sentence
    }
    for (const arn of logGroupIdentifiers) {
      if (findGroup(world.store, named(arn)).logGroupClass !== 'STANDARD') throw unsupportedForClass('StartLiveTail')
    }
    if ((open.get(world) ?? 0) >= limits.sessions) {
      throw new AwsError('LimitExceededException', 'Resource limit exceeded.')
    }
    const session: Session = {
      groups: new Map(logGroupIdentifiers.map((arn) => [groupArn(named(arn)), arn])),
      filter: compileFilter(logEventFilterPattern),
      ...(logStreamNames && { streams: logStreamNames }),
      ...(logStreamNamePrefixes && { prefixes: logStreamNamePrefixes }),
    }
    const start = {
      requestId: call.requestId,
      sessionId: randomUUID(),
      logGroupIdentifiers,
      logStreamNames: logStreamNames ?? [],
      logStreamNamePrefixes: logStreamNamePrefixes ?? [],
      logEventFilterPattern,
    }
    return { responseStream: updates(world, session, start) as never }
  },
})

/** Only ARNs, without the final `:*` (API Reference, StartLiveTail `logGroupIdentifiers`). */
function named(arn: string): GroupId {
  const id = arn.endsWith('*') ? undefined : groupIdOfArn(arn)
  if (!id) throw invalidParameter(`The log group identifier '${arn}' is not the ARN of a log group.`) // inferred: sentence
  return id
}

interface LiveEvent {
  logStreamName: string
  logGroupIdentifier: string
  message: string
  timestamp: number
  ingestionTime: number
}

async function* updates(world: World, session: Session, sessionStart: object): AsyncGenerator<Record<string, unknown>> {
  let waiting: LiveEvent[] = []
  let sampled = false
  const take = (arrival: Arrival) => {
    for (const event of wanted(arrival, session)) {
      if (waiting.length < limits.events) waiting.push(event)
      else sampled = true
    }
  }
  // Listening begins before the client hears that it has: what it writes then is not missed.
  const stop = listenTo(world, take)
  open.set(world, (open.get(world) ?? 0) + 1)
  const ends = Date.now() + limits.sessionMs
  try {
    yield { sessionStart }
    while (Date.now() < ends) {
      await delay(limits.everyMs, undefined, { ref: false })
      const sessionResults = waiting
      waiting = []
      yield { sessionUpdate: { sessionMetadata: { sampled }, sessionResults } }
      sampled = false
    }
    throw Object.assign(new Error('Live Tail session has timed out.'), { name: 'SessionTimeoutException' }) // inferred
  } finally {
    stop()
    open.set(world, open.get(world)! - 1)
  }
}

function wanted({ group, stream, ingestionTime, events }: Arrival, session: Session): LiveEvent[] {
  const logGroupIdentifier = session.groups.get(groupArn(group))
  if (logGroupIdentifier === undefined) return []
  if (session.streams && !session.streams.includes(stream)) return []
  if (session.prefixes && !session.prefixes.some((prefix) => stream.startsWith(prefix))) return []
  return events
    .filter(({ message }) => session.filter.test(message))
    .map(({ timestamp, message }) => ({ logStreamName: stream, logGroupIdentifier, message, timestamp, ingestionTime }))
}
