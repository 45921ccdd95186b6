import { hash } from 'node:crypto'
import type { Call } from '../../door/call.ts'

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
  /** Epoch milliseconds of the last PutMetricData, to within a minute. */
  updatedAt: number
}

export type MetricName = Pick<Metric, 'Namespace' | 'MetricName'> & { Dimensions?: readonly Partial<Dimension>[] }

/** Whose metrics, and where: all that a key begins with. */
export type Place = Pick<Call, 'account' | 'region'>

export function metricKey(place: Place, { Namespace, MetricName, Dimensions = [] }: MetricName): string {
  const dimensions = hash('sha256', JSON.stringify(sorted(Dimensions).map(({ Name, Value }) => [Name, Value])))
  return `${regionPrefix(place)}${encode(Namespace)}/${encode(MetricName)}/${dimensions.slice(0, 32)}`
}

export function regionPrefix({ account, region }: Place): string {
  return `${account}/${region}/`
}

export function namespacePrefix(place: Place, namespace: string): string {
  return `${regionPrefix(place)}${encode(namespace)}/`
}

/** Keys of all metrics of that name in a namespace begin so. */
export function namePrefix(place: Place, namespace: string, name: string): string {
  return `${namespacePrefix(place, namespace)}${encode(name)}/`
}

export function sorted(dimensions: readonly Partial<Dimension>[]): Dimension[] {
  return dimensions
    .map(({ Name = '', Value = '' }) => ({ Name, Value }))
    .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0))
}

function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed())
}
