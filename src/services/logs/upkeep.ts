import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { eventBytes, type Chunk } from './chunk.ts'
import { groupKey, type GroupId, type LogGroup } from './log-group.ts'
import { eventsKey, streamsOf, type Garbage, type LogStream } from './log-stream.ts'
import { addStoredBytes } from './stored-bytes.ts'
import { forgetQueries } from './query.ts'

const DAY = 24 * 3_600_000

/** Chunks deleted in one transaction, so that no call waits long. */
const AT_ONCE = 64

const everyMs = 60_000

/**
 * Deletes what retention says is over, what was left of deleted streams, and old queries: now and once a minute.
 * AWS takes up to 72 hours (CloudWatch Logs User Guide, "Change log data retention"); reads hide expired events at once.
 */
export function keepLogs(world: World): Upkeep {
  const failure = 'expired log events could not be deleted'
  return repeat(world, { everyMs, atOnce: true, failure }, (stopped) => sweep(world, stopped))
}

/** One round: all that is over at `world.now()`. Lets others run between its steps. */
export async function sweep(world: World, stopped: () => boolean = () => false): Promise<void> {
  for (const step of steps(world)) {
    if (stopped()) return
    step()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Each step is one short transaction. */
function* steps(world: World): Generator<() => void, void> {
  const { store } = world
  yield () => forgetQueries(store, world.now())
  for (const { key } of store.list<Garbage>('logs/garbage')) {
    yield* untilDone(() => collect(world, key))
  }
  for (const { key, value } of store.list<LogGroup>('logs/group')) {
    if (value.retentionInDays === undefined) continue
    const group = idOf(key, value)
    const cutoff = world.now() - value.retentionInDays * DAY
    for (const { name } of streamsOf(store, group)) {
      yield* untilDone(() => expire(world, { group, name, cutoff }))
    }
  }
}

/** The same step as long as it says that there may be more. */
function* untilDone(step: () => boolean): Generator<() => void, void> {
  const state = { more: true }
  while (state.more) yield () => void (state.more = step())
}

function idOf(key: string, { name }: LogGroup): GroupId {
  const [account = '', region = ''] = key.split('/')
  return { account, region, name }
}

/** Deletes some chunks of a deleted stream; whether there may be more. */
function collect({ store }: World, prefix: string): boolean {
  return store.transaction(() => {
    const rows = store.list('logs/events', { prefix: `${prefix}/`, limit: AT_ONCE })
    for (const { key } of rows) store.delete('logs/events', key)
    if (rows.length === AT_ONCE) return true
    store.delete('logs/garbage', prefix)
    return false
  })
}

/** Deletes some chunks all of whose events are older than the cutoff; whether there may be more. */
function expire({ store }: World, { group, name, cutoff }: { group: GroupId; name: string; cutoff: number }): boolean {
  return store.transaction(() => {
    const key = `${groupKey(group)}/${encodeURIComponent(name)}`
    const stream = store.get<LogStream>('logs/stream', key)
    if (stream?.firstEventTimestamp === undefined || stream.firstEventTimestamp >= cutoff) return false
    const prefix = `${eventsKey(group, stream)}/`
    const rows = store.list<Chunk>('logs/events', { prefix, limit: AT_ONCE })
    const expired = rows.filter(({ value }) => value.times.at(-1)! < cutoff)
    let bytes = 0
    for (const { key: at, value } of expired) {
      bytes += value.sealed?.bytes ?? value.messages.reduce((sum, message) => sum + eventBytes(message), 0)
      store.delete('logs/events', at)
    }
    if (expired.length === 0) return false
    const [first] = store.list<Chunk>('logs/events', { prefix, limit: 1 })
    const { firstEventTimestamp: _, lastEventTimestamp, ...rest } = stream
    store.put<LogStream>('logs/stream', key, {
      ...rest,
      storedBytes: stream.storedBytes - bytes,
      ...(first && { firstEventTimestamp: first.value.times[0]!, lastEventTimestamp: lastEventTimestamp! }),
    })
    addStoredBytes(store, group, -bytes)
    return rows.length === AT_ONCE && expired.length === AT_ONCE
  })
}
