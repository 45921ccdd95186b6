import { hash } from 'node:crypto'
import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'

export interface Dimension {
  Name: string
  Value: string
}

/** Document `cloudwatch/metric`: that this metric exists. Namespace, name and dimensions are its identity. */
export interface Metric {
  Namespace: string
  MetricName: string
  /** In order of their names. */
  Dimensions: Dimension[]
  /** Epoch milliseconds of the last PutMetricData. */
  updatedAt: number
}

/** A data point as it was put: a value that may have come several times, or a statistic set. Units never mix. */
export interface Point {
  /** Epoch seconds; whole minutes unless the metric is of high resolution. */
  time: number
  unit: string
  count: number
  sum: number
  minimum: number
  maximum: number
}

/** Document `cloudwatch/points`: what was put of one metric for one minute, keyed by the metric's key and the minute. */
export interface Minute {
  points: Point[]
}

export type MetricName = Pick<Metric, 'Namespace' | 'MetricName'> & { Dimensions?: readonly Partial<Dimension>[] }

export function metricKey(call: Call, { Namespace, MetricName, Dimensions = [] }: MetricName): string {
  const dimensions = hash('sha256', JSON.stringify(sorted(Dimensions).map(({ Name, Value }) => [Name, Value])))
  return `${regionPrefix(call)}${encode(Namespace)}/${encode(MetricName)}/${dimensions.slice(0, 32)}`
}

export function regionPrefix({ account, region }: Call): string {
  return `${account}/${region}/`
}

export function namespacePrefix(call: Call, namespace: string): string {
  return `${regionPrefix(call)}${encode(namespace)}/`
}

export function sorted(dimensions: readonly Partial<Dimension>[]): Dimension[] {
  return dimensions
    .map(({ Name = '', Value = '' }) => ({ Name, Value }))
    .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0))
}

export function minuteKey(metric: string, time: number): string {
  return `${metric}/${String(Math.floor(time / 60)).padStart(10, '0')}`
}

/** Points of a metric from `start` up to but without `end`, both epoch seconds. */
export function* pointsBetween(store: Store, metric: string, start: number, end: number): Generator<Point, void> {
  const rowsAtOnce = 500
  let after = minuteKey(metric, Math.max(0, start - 60))
  for (;;) {
    const rows = store.list<Minute>('cloudwatch/points', { prefix: `${metric}/`, after, limit: rowsAtOnce })
    for (const { key, value } of rows) {
      if (key > minuteKey(metric, end)) return
      for (const point of value.points) if (point.time >= start && point.time < end) yield point
    }
    if (rows.length < rowsAtOnce) return
    after = rows.at(-1)!.key
  }
}

function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed())
}
