import type { World } from '../../world.ts'
import { eventBytes } from './chunk.ts'
import { eventsBefore, type StoredEvent } from './events.ts'
import { oldestKept } from './get-log-events.ts'
import { readQuery } from './insights/query.ts'
import type { Row } from './insights/row.ts'
import { Run, type Result } from './insights/run.ts'
import { interleave } from './interleave.ts'
import { groupKey, type GroupId, type LogGroup } from './log-group.ts'
import { streamsOf, type LogStream } from './log-stream.ts'
import { printPointer } from './pointer.ts'
import type { Query, QueryResults } from './query.ts'
import { keysOfGroup } from './sealed.ts'

/** Events looked at in one go; then others run. */
const AT_ONCE = 2000

const running = new WeakMap<World, Map<string, { cancelled: boolean }>>()

function runningIn(world: World): Map<string, { cancelled: boolean }> {
  let all = running.get(world)
  if (!all) running.set(world, (all = new Map()))
  return all
}

export const countRunning = (world: World): number => runningIn(world).size

/** A query that was under way when the server ended goes on nowhere. */
export const isRunning = (world: World, key: string): boolean => runningIn(world).has(key)

export function cancelQuery(world: World, key: string): void {
  const job = runningIn(world).get(key)
  if (job) job.cancelled = true
}

/** Runs a query on; its document tells how it ended. */
export function runQuery(world: World, key: string): void {
  const job = { cancelled: false }
  runningIn(world).set(key, job)
  void work(world, key, job)
    .catch((error: unknown) => {
      world.log.info({ err: error }, 'a query of Logs Insights failed')
      change(world, key, { status: 'Failed' })
    })
    // A server that is closing has no store to write to any more.
    .catch((error: unknown) => world.log.warn({ err: error }, 'the end of a query was not written'))
    .finally(() => runningIn(world).delete(key))
}

async function work(world: World, key: string, job: { cancelled: boolean }): Promise<void> {
  const { store } = world
  await turn()
  const query = store.get<Query>('logs/query', key)
  if (!query || job.cancelled) return
  change(world, key, { status: 'Running' })
  const run = new Run(readQuery(query.queryString), query.limit, world.now())
  const statistics = { ...query.statistics, logGroupsScanned: query.groups.length }
  for (const event of await eventsOf(world, query)) {
    if (statistics.recordsScanned % AT_ONCE === AT_ONCE - 1) {
      await turn()
      if (job.cancelled) return
    }
    statistics.recordsScanned++
    statistics.bytesScanned += eventBytes(event.message)
    run.take(rowOf(event))
  }
  finish(world, key, { ...query, statistics }, run.end())
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

interface QueryEvent extends StoredEvent {
  group: GroupId
  stream: LogStream
}

/** Events of all groups in the time that is asked for, newest first. */
async function eventsOf(world: World, query: Query): Promise<Iterable<QueryEvent>> {
  const { store } = world
  const sources: Generator<QueryEvent, void>[] = []
  for (const group of query.groups) {
    const document = store.get<LogGroup>('logs/group', groupKey(group))
    if (!document) continue
    const keys = await keysOfGroup(world, group)
    const start = Math.max(query.start, oldestKept(document, world.now()))
    for (const stream of streamsOf(store, group)) {
      const { firstEventTimestamp: first, lastEventTimestamp: last } = stream
      if (first === undefined || last === undefined || first > query.end || last < start) continue
      sources.push(within(world, { group, stream, keys }, start, query.end))
    }
  }
  return interleave(sources, (a, b) => a.timestamp > b.timestamp)
}

function* within(
  { store }: World,
  source: Parameters<typeof eventsBefore>[1],
  start: number,
  end: number,
): Generator<QueryEvent, void> {
  const { group, stream } = source
  for (const event of eventsBefore(store, source, { timestamp: end + 1, batch: 0, index: 0 })) {
    if (event.timestamp < start) return
    yield { ...event, group, stream }
  }
}

/** The fields that every event has (User Guide, "Supported logs and discovered fields"). */
function rowOf({ group, stream, message, timestamp, ingestionTime, position }: QueryEvent): Row {
  return {
    message,
    fields: new Map<string, string | Date>([
      ['@timestamp', new Date(timestamp)],
      ['@message', message],
      ['@logStream', stream.name],
      ['@log', `${group.account}:${group.name}`],
      ['@ingestionTime', new Date(ingestionTime)],
      ['@ptr', printPointer({ group, stream: stream.name, position })],
    ]),
  }
}

function finish(world: World, key: string, query: Query, { lines, matched }: Result): void {
  const { store } = world
  store.transaction(() => {
    if (store.get<Query>('logs/query', key)?.status !== 'Running') return
    store.put<QueryResults>('logs/query-results', key, { lines })
    const statistics = { ...query.statistics, recordsMatched: matched }
    change(world, key, { status: 'Complete', statistics, duration: world.now() - query.createTime })
  })
}

function change({ store }: World, key: string, changes: Partial<Query>): void {
  store.transaction(() => {
    const query = store.get<Query>('logs/query', key)
    if (query && (query.status === 'Scheduled' || query.status === 'Running')) {
      store.put<Query>('logs/query', key, { ...query, ...changes })
    }
  })
}
