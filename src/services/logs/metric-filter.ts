import type { Dimension, MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import type { Event } from './chunk.ts'
import { compileFilter, type Filter } from './filter-pattern.ts'
import { groupArn, groupKey, type GroupId } from './log-group.ts'

/** Document `logs/metric-filter`, keyed by the group's key and the filter's percent-encoded name. */
export interface MetricFilter {
  name: string
  pattern: string
  creationTime: number
  logGroupName: string
  transformation: Transformation
}

export interface Transformation {
  metricName: string
  metricNamespace: string
  /** A number, or where it stands in the event: `$.latency`, `$bytes`. */
  metricValue: string
  defaultValue?: number
  dimensions?: Record<string, string>
  unit?: string
}

export function filterKey(group: GroupId, name: string): string {
  return `${groupKey(group)}/${encodeURIComponent(name)}`
}

export function metricFiltersOf(store: Store, group: GroupId): MetricFilter[] {
  return store.list<MetricFilter>('logs/metric-filter', { prefix: `${groupKey(group)}/` }).map(({ value }) => value)
}

/** By document, which the store gives as the same object until it changes. */
const compiled = new WeakMap<MetricFilter, Filter>()

function filterOf(filter: MetricFilter): Filter {
  let found = compiled.get(filter)
  if (!found) compiled.set(filter, (found = compileFilter(filter.pattern)))
  return found
}

type Datum = Shape<MetricDatum>

/** PutMetricData takes so many values a datum, and so many data (CloudWatch API Reference). */
const limits = { values: 150, data: 1000 }

const MINUTE = 60_000

interface Point {
  timestamp: number
  dimensions: Dimension[]
  counts: Map<number, number>
}

/**
 * What a filter makes of a batch: values by minute and dimensions. inferred: where no event of a minute matched, the
 * default is reported once a batch.
 */
export function dataOf(filter: MetricFilter, events: readonly Event[]): Datum[] {
  const { transformation } = filter
  const points = new Map<string, Point>()
  const minutes = new Map<number, { timestamp: number; matched: boolean }>()
  const pattern = filterOf(filter)
  for (const { timestamp, message } of events) {
    const minute = Math.floor(timestamp / MINUTE)
    const seen = minutes.get(minute) ?? { timestamp, matched: false }
    minutes.set(minute, seen)
    if (!pattern.test(message)) continue
    const number = numberIn(transformation.metricValue, (name) => pattern.value(message, name))
    if (number === undefined) continue
    seen.matched = true
    const dimensions = dimensionsOf(transformation, (name) => pattern.value(message, name))
    add(points, { minute, timestamp, dimensions, number })
  }
  if (transformation.defaultValue !== undefined) {
    for (const [minute, { timestamp, matched }] of minutes) {
      if (!matched) add(points, { minute, timestamp, dimensions: [], number: transformation.defaultValue })
    }
  }
  return [...points.values()].flatMap((point) => printed(transformation, point))
}

function add(
  points: Map<string, Point>,
  {
    minute,
    timestamp,
    dimensions,
    number,
  }: { minute: number; timestamp: number; dimensions: Dimension[]; number: number },
): void {
  const key = JSON.stringify([minute, dimensions])
  const point = points.get(key) ?? { timestamp, dimensions, counts: new Map<number, number>() }
  point.counts.set(number, (point.counts.get(number) ?? 0) + 1)
  points.set(key, point)
}

function printed({ metricName, unit }: Transformation, { timestamp, dimensions, counts }: Point): Datum[] {
  const entries = [...counts]
  return Array.from({ length: Math.ceil(entries.length / limits.values) }, (_, index) => {
    const part = entries.slice(index * limits.values, (index + 1) * limits.values)
    return {
      MetricName: metricName,
      Timestamp: timestamp / 1000,
      Values: part.map(([number]) => number),
      Counts: part.map(([, count]) => count),
      ...(dimensions.length > 0 && { Dimensions: dimensions }),
      ...(unit !== undefined && { Unit: unit as StandardUnit }),
    }
  }) as Datum[]
}

function numberIn(text: string, part: (name: string) => string | undefined): number | undefined {
  const found = text.startsWith('$') ? part(text) : text
  const number = found === undefined || found.trim() === '' ? Number.NaN : Number(found)
  return Number.isFinite(number) ? number : undefined
}

/** A dimension whose part is not in the event is left out. */
function dimensionsOf({ dimensions = {} }: Transformation, part: (name: string) => string | undefined): Dimension[] {
  return Object.entries(dimensions).flatMap(([Name, selector]) => {
    const Value = part(selector)
    return Value === undefined || Value === '' ? [] : [{ Name, Value: Value.slice(0, 1024) }]
  })
}

/** Publishes what the group's filters make of events that were taken in; nothing to wait for where there are none. */
export function publish(world: World, group: GroupId, events: readonly Event[]): Promise<void> | undefined {
  const filters = metricFiltersOf(world.store, group)
  const calls = filters.flatMap((filter) => {
    const data = dataOf(filter, events)
    return Array.from({ length: Math.ceil(data.length / limits.data) }, (_, index) => ({
      Namespace: filter.transformation.metricNamespace,
      MetricData: data.slice(index * limits.data, (index + 1) * limits.data),
    }))
  })
  if (calls.length === 0) return undefined
  return Promise.all(
    calls.map((input) =>
      world.door.call({
        service: 'cloudwatch',
        operation: 'PutMetricData',
        input,
        as: { service: 'logs.amazonaws.com', sourceArn: groupArn(group), sourceAccount: group.account },
        origin: { kind: 'service-network', service: 'logs' },
        region: group.region,
      }),
    ),
  ).then(
    () => undefined,
    // The events are in, whatever becomes of the metric.
    (error: unknown) => world.log.warn({ err: error }, 'a metric filter could not publish'),
  )
}
