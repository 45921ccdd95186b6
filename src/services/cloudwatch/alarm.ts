import type { MetricAlarm as MetricAlarmView, CompositeAlarm as CompositeAlarmView } from '@aws-sdk/client-cloudwatch'
import { need, type Call, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { partition } from '../partition.ts'
import { resourceNotFound } from './errors.ts'
import { regionPrefix, type Place } from './metric.ts'

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** Times are epoch seconds. */
export interface AlarmState {
  value: StateValue
  reason: string
  /** JSON. */
  data?: string
  updatedAt: number
  transitionedAt: number
}

/** What alarms of both types have. */
export interface Common {
  name: string
  account: string
  region: string
  description?: string
  actionsEnabled: boolean
  actions: { [state in StateValue]: string[] }
  configuredAt: number
  state: AlarmState
  tags: Record<string, string>
}

/** What of PutMetricAlarm's input an evaluation is made of. */
export type Watched = Pick<
  Shape<MetricAlarmView>,
  | 'MetricName'
  | 'Namespace'
  | 'Statistic'
  | 'ExtendedStatistic'
  | 'Dimensions'
  | 'Period'
  | 'Unit'
  | 'DatapointsToAlarm'
  | 'TreatMissingData'
  | 'EvaluateLowSampleCountPercentile'
  | 'Metrics'
> & {
  EvaluationPeriods: number
  Threshold: number
  ComparisonOperator: NonNullable<MetricAlarmView['ComparisonOperator']>
}

export interface MetricAlarm extends Common {
  type: 'MetricAlarm'
  watched: Watched
}

/** Why the actions of a composite alarm wait; `since` is epoch seconds. */
export interface Suppression {
  by: 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm'
  since: number
}

export interface CompositeAlarm extends Common {
  type: 'CompositeAlarm'
  rule: string
  suppressor?: { alarm: string; waitPeriod: number; extensionPeriod: number }
  suppressed?: Suppression
  /** When its rule was computed last, epoch seconds; absent: not yet as it is now. */
  evaluatedAt?: number
}

/** Document `cloudwatch/alarm`, keyed `account/region/name`, the name percent-encoded. */
export type Alarm = MetricAlarm | CompositeAlarm

export const ALARM = 'cloudwatch/alarm'

export function alarmKey(place: Place, name: string): string {
  return `${regionPrefix(place)}${encodeURIComponent(name.toWellFormed())}`
}

export function alarmArn({ account, region }: Place, name: string): string {
  return `arn:${partition(region)}:cloudwatch:${region}:${account}:alarm:${name}`
}

export function findAlarm(store: Store, place: Place, name: string): Alarm | undefined {
  return store.get<Alarm>(ALARM, alarmKey(place, name))
}

export function requireAlarm(store: Store, place: Place, name: string): Alarm {
  const alarm = findAlarm(store, place, name)
  if (!alarm) throw resourceNotFound()
  return alarm
}

export function saveAlarm(store: Store, alarm: Alarm): void {
  store.put<Alarm>(ALARM, alarmKey(alarm, alarm.name), alarm)
}

/** In order of their names. */
export function alarmsOf(store: Store, place: Place): Alarm[] {
  return store
    .list<Alarm>(ALARM, { prefix: regionPrefix(place) })
    .map(({ value }) => value)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Asked of the alarm's ARN, with its tags (Service Authorization Reference). */
export function alarmNeed(action: string, name: string, call: Call, context: Need['context'] = {}): Need {
  const tags = findAlarm(call.world.store, call, name)?.tags ?? {}
  return need(`cloudwatch:${action}`, alarmArn(call, name), {
    context: {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      ...context,
    },
  })
}

function commonView(alarm: Alarm) {
  const { state, actions } = alarm
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(alarm, alarm.name),
    ...(alarm.description !== undefined && { AlarmDescription: alarm.description }),
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.data !== undefined && { StateReasonData: state.data }),
    StateUpdatedTimestamp: state.updatedAt,
    StateTransitionedTimestamp: state.transitionedAt,
  }
}

export function metricView(alarm: MetricAlarm): Shape<MetricAlarmView> {
  return { ...commonView(alarm), ...alarm.watched }
}

export function compositeView(alarm: CompositeAlarm): Shape<CompositeAlarmView> {
  const { suppressor, suppressed } = alarm
  return {
    ...commonView(alarm),
    AlarmRule: alarm.rule,
    ...(suppressor && {
      ActionsSuppressor: suppressor.alarm,
      ActionsSuppressorWaitPeriod: suppressor.waitPeriod,
      ActionsSuppressorExtensionPeriod: suppressor.extensionPeriod,
    }),
    ...(suppressed && {
      ActionsSuppressedBy: suppressed.by,
      ActionsSuppressedReason: `Actions suppressed by ${suppressed.by}`,
    }),
  }
}

/** One need an alarm; of an empty list, that of no alarm in particular. */
export function alarmNeeds(action: string, names: readonly string[], call: Call): Need[] {
  return (names.length > 0 ? names : ['*']).map((name) => alarmNeed(action, name, call))
}
