import type { World } from '../../world.ts'
import { runActions } from './alarm-actions.ts'
import { recordHistory } from './alarm-history.ts'
import { alarmsIn, holds, nameOfAlarm, parseRule } from './alarm-rule.ts'
import { longTime, spokenTime } from './alarm-text.ts'
import {
  alarmArn,
  findAlarm,
  saveAlarm,
  type Alarm,
  type AlarmState,
  type CompositeAlarm,
  type StateValue,
  type Suppression,
} from './alarm.ts'

type NewState = Pick<AlarmState, 'value' | 'reason' | 'data'>

/** Writes a state down, with its history when the value is another one. Runs no action. Returns the alarm as it is now. */
export function writeState<A extends Alarm>(world: World, alarm: A, next: NewState): A {
  const now = world.now()
  const { state: old } = alarm
  const transitionedAt = next.value === old.value ? old.transitionedAt : now / 1000
  const changed: A = { ...alarm, state: { ...next, updatedAt: now / 1000, transitionedAt } }
  world.store.transaction(() => {
    saveAlarm(world.store, changed)
    if (next.value === old.value) return
    recordHistory(world, changed, {
      time: now,
      type: 'StateUpdate',
      summary: `Alarm updated from ${old.value} to ${next.value}`,
      data: JSON.stringify({ version: '1.0', oldState: historyState(old), newState: historyState(next) }),
    })
  })
  return changed
}

function historyState({ value, reason, data }: NewState): object {
  return { stateValue: value, stateReason: reason, ...(data !== undefined && { stateReasonData: parsed(data) }) }
}

/** SetAlarmState takes any text. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

/**
 * A changed alarm's actions, then the composite alarms that hang on it, and theirs. Where alarms hang on each other, it ends
 * at the first that it comes back to (API Reference, PutCompositeAlarm: "evaluation … stops if CloudWatch detects a cycle").
 */
export async function afterChange(
  world: World,
  alarm: Alarm,
  others: () => readonly Alarm[],
  path: readonly string[] = [],
): Promise<void> {
  if (alarm.type === 'CompositeAlarm' && alarm.suppressor) await suppressOrAct(world, alarm)
  else await runActions(world, { alarm, data: alarm.state.data })
  const below = [...path, alarm.name]
  for (const listed of others()) {
    if (listed.type !== 'CompositeAlarm' || below.includes(listed.name)) continue
    // It may be another one by now: what came before it in the list may have changed it.
    const parent = findAlarm(world.store, listed, listed.name)
    if (parent?.type !== 'CompositeAlarm' || !refersTo(parent, alarm)) continue
    const changed = evaluateComposite(world, parent, alarm)
    if (changed) await afterChange(world, changed, others, below)
  }
}

export function refersTo(composite: CompositeAlarm, alarm: Alarm): boolean {
  const rule = parseRule(composite.rule)
  return rule !== undefined && alarmsIn(rule).some((one) => nameOfAlarm(one) === alarm.name)
}

/**
 * Whether a composite alarm's rule must be computed: it is new or was changed, or one that it hangs on has another state since.
 * Else a state that was set stays (API Reference, SetAlarmState).
 */
export function isDue(world: World, composite: CompositeAlarm): boolean {
  const { evaluatedAt } = composite
  if (evaluatedAt === undefined) return true
  return alarmsIn(parseRule(composite.rule)!).some((name) => {
    const child = findAlarm(world.store, composite, nameOfAlarm(name))
    return child !== undefined && child.state.transitionedAt > evaluatedAt && !hangsOn(world, child, composite.name)
  })
}

/** Whether an alarm's rule comes to the alarm of that name, on whatever way. */
function hangsOn(world: World, alarm: Alarm, name: string, seen = new Set<string>()): boolean {
  if (alarm.type !== 'CompositeAlarm' || seen.has(alarm.name)) return false
  seen.add(alarm.name)
  return alarmsIn(parseRule(alarm.rule)!)
    .map(nameOfAlarm)
    .some((child) => {
      const next = findAlarm(world.store, alarm, child)
      return child === name || (next !== undefined && hangsOn(world, next, name, seen))
    })
}

/** Computes a composite alarm anew; returns it when its state is another one. */
export function evaluateComposite(
  world: World,
  composite: CompositeAlarm,
  because?: Alarm,
): CompositeAlarm | undefined {
  const value = compositeState(world, composite)
  const evaluated = { ...composite, evaluatedAt: world.now() / 1000 }
  if (value === composite.state.value) {
    saveAlarm(world.store, evaluated)
    return undefined
  }
  return writeState(world, evaluated, {
    value,
    reason: because
      ? `${alarmArn(because, because.name)} transitioned to ${because.state.value} at ${spokenTime(because.state.transitionedAt)}`
      : createdReason(composite, value),
    data: JSON.stringify({ triggeringAlarms: because ? [triggering(because)] : [] }),
  })
}

const createdReason = (composite: CompositeAlarm, value: StateValue) =>
  `${alarmArn(composite, composite.name)} was created and its alarm rule evaluates to ${value}`

function triggering(alarm: Alarm): object {
  const { value, updatedAt } = alarm.state
  return { arn: alarmArn(alarm, alarm.name), state: { value, timestamp: longTime(updatedAt) } }
}

function compositeState(world: World, composite: CompositeAlarm): StateValue {
  const rule = parseRule(composite.rule)!
  const stateOf = (name: string) => findAlarm(world.store, composite, nameOfAlarm(name))?.state.value
  return holds(rule, stateOf) ? 'ALARM' : 'OK'
}

/** PutCompositeAlarm `ActionsSuppressor`: at a change the actions wait where the suppressor is in ALARM, or may yet be. */
async function suppressOrAct(world: World, alarm: CompositeAlarm): Promise<void> {
  const { waitPeriod } = alarm.suppressor!
  const by = isSuppressing(world, alarm) ? 'Alarm' : waitPeriod > 0 ? 'WaitPeriod' : undefined
  if (by) suppress(world, alarm, { by, since: world.now() / 1000 })
  else await runActions(world, { alarm, data: alarm.state.data })
}

function suppress(world: World, { suppressed: _, ...alarm }: CompositeAlarm, suppressed?: Suppression): CompositeAlarm {
  const changed = suppressed ? { ...alarm, suppressed } : alarm
  saveAlarm(world.store, changed)
  return changed
}

function isSuppressing(world: World, alarm: CompositeAlarm): boolean {
  return findAlarm(world.store, alarm, nameOfAlarm(alarm.suppressor!.alarm))?.state.value === 'ALARM'
}

/** Goes on with actions that wait: they begin once the wait, or the extension after the suppressor's alarm, is over. */
export async function goOnSuppressed(world: World, alarm: CompositeAlarm): Promise<void> {
  const { suppressed, suppressor } = alarm
  if (!suppressed || !suppressor) return
  const now = world.now() / 1000
  if (isSuppressing(world, alarm)) {
    if (suppressed.by !== 'Alarm') suppress(world, alarm, { by: 'Alarm', since: now })
    return
  }
  if (suppressed.by === 'Alarm' && suppressor.extensionPeriod > 0) {
    suppress(world, alarm, { by: 'ExtensionPeriod', since: now })
    return
  }
  const length =
    suppressed.by === 'WaitPeriod'
      ? suppressor.waitPeriod
      : suppressed.by === 'ExtensionPeriod'
        ? suppressor.extensionPeriod
        : 0
  if (now - suppressed.since < length) return
  const free = suppress(world, alarm)
  await runActions(world, { alarm: free, data: free.state.data })
}
