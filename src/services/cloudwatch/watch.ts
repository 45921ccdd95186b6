import { repeat, type Upkeep } from '../../upkeep.ts'
import type { World } from '../../world.ts'
import { runActions } from './alarm-actions.ts'
import { evaluateMetricAlarm, periodOf } from './alarm-evaluation.ts'
import { HISTORY, HISTORY_MS, type HistoryItem } from './alarm-history.ts'
import { afterChange, evaluateComposite, goOnSuppressed, isDue, writeState } from './alarm-state.ts'
import { ALARM, findAlarm, type Alarm, type CompositeAlarm, type MetricAlarm } from './alarm.ts'
import { compact } from './datapoints.ts'
import type { Metric } from './metric.ts'

/** Alarms are looked at once a minute, those of high resolution every ten seconds (User Guide, "High-resolution alarms"). */
const SLOT_MS = 10_000
const MINUTE_MS = 60_000
const COMPACT_EVERY_MS = 3_600_000

/**
 * Looks after alarms as long as the server runs. What it does depends on the store and the clock alone, so that a restart
 * loses nothing: the next look sees the same data.
 */
export function watchAlarms(world: World): Upkeep {
  let slot = 0
  let compacted = world.now()
  return repeat(world, { everyMs: 1000, failure: 'alarms could not be evaluated' }, async (stopped) => {
    const now = world.now()
    const before = slot
    slot = Math.floor(now / SLOT_MS)
    if (slot === before) return
    const minute = Math.floor(now / MINUTE_MS) !== Math.floor((before * SLOT_MS) / MINUTE_MS)
    await evaluateAlarms(world, minute ? 'all' : 'high-resolution')
    if (now - compacted < COMPACT_EVERY_MS) return
    compacted = now
    await tidyMetrics(world, stopped)
  })
}

/** One look at the alarms of every account and Region, as of `world.now()`. */
export async function evaluateAlarms(world: World, which: 'all' | 'high-resolution' = 'all'): Promise<void> {
  const alarms = allAlarms(world)
  const others = (alarm: Alarm) => () =>
    allAlarms(world).filter(({ account, region }) => account === alarm.account && region === alarm.region)
  for (const alarm of alarms) {
    if (alarm.type !== 'MetricAlarm') continue
    if (which === 'high-resolution' && periodOf(alarm.watched) >= 60) continue
    await lookAt(world, alarm, others(alarm), which === 'all')
  }
  for (const { type, account, region, name } of alarms) {
    if (type !== 'CompositeAlarm') continue
    const alarm = findAlarm(world.store, { account, region }, name)
    if (alarm?.type !== 'CompositeAlarm') continue
    const changed = isDue(world, alarm) ? evaluateComposite(world, alarm) : undefined
    if (changed) await afterChange(world, changed, others(changed))
    else await goOnSuppressed(world, findAlarm(world.store, alarm, name) as CompositeAlarm)
  }
}

function allAlarms(world: World): Alarm[] {
  return world.store.list<Alarm>(ALARM).map(({ value }) => value)
}

async function lookAt(
  world: World,
  listed: MetricAlarm,
  others: () => readonly Alarm[],
  repeat: boolean,
): Promise<void> {
  const { store } = world
  const { account, region, name } = listed
  // Actions of the alarms before took time: this one may have been changed or deleted meanwhile.
  const alarm = findAlarm(store, listed, name)
  if (alarm?.type !== 'MetricAlarm') return
  let evaluation
  try {
    evaluation = evaluateMetricAlarm(alarm, { store, account, region, now: world.now() / 1000 })
  } catch (error) {
    // An expression may come to something else than a time series once there is data: the state stays.
    world.log.warn({ err: error, alarm: name }, 'an alarm could not be evaluated')
    return
  }
  if (!evaluation) return
  if (evaluation.value !== alarm.state.value) await afterChange(world, writeState(world, alarm, evaluation), others)
  else if (repeat) await runActions(world, { alarm, data: evaluation.data }, { repeated: true })
}

/** Old data becomes data of longer periods, and goes in the end; metrics without any and old history go as well. */
export async function tidyMetrics(world: World, stopped: () => boolean = () => false): Promise<void> {
  const { store } = world
  const now = world.now()
  for (const { key, value } of store.list<Metric>('cloudwatch/metric')) {
    while (!stopped() && compact(store, key, now / 1000)) await new Promise(setImmediate)
    if (stopped()) return
    const empty =
      now - value.updatedAt > HISTORY_MS &&
      store.list('cloudwatch/datapoints', { prefix: `${key}/`, limit: 1 }).length === 0
    if (empty) store.delete('cloudwatch/metric', key)
    await new Promise(setImmediate)
  }
  store.transaction(() => {
    for (const { key, value } of store.list<HistoryItem>(HISTORY))
      if (now - value.time > HISTORY_MS) store.delete(HISTORY, key)
  })
}
