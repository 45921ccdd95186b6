import type { MetricStat } from '@aws-sdk/client-cloudwatch'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import { cellsBetween } from './datapoints.ts'
import { validationError } from './errors.ts'
import { seriesOf, type Range, type Series } from './math/values.ts'
import { metricKey, type Place } from './metric.ts'
import { bucketsOf, isPeriod, statisticNamed } from './statistics.ts'

/** Where data is looked for, and when (epoch seconds). */
export interface Source extends Place {
  store: Store
  now: number
}

/** One value a period. inferred: without a unit, data of all units come together. */
export function metricSeries(source: Source, stat: Shape<MetricStat>, range: Range): Series {
  const { Metric, Period, Stat, Unit } = stat
  const statistic = statisticNamed(Stat)
  if (!statistic) throw validationError(`The value ${Stat} for parameter Stat is not supported.`) // inferred: sentence
  if (!isPeriod(Period)) throw validationError('Period must be 1, 5, 10, 20, 30 or a multiple of 60.') // inferred: sentence
  const { Namespace = '', MetricName = '', Dimensions = [] } = Metric
  const key = metricKey(source, { Namespace, MetricName, Dimensions })
  const start = roundedStart(range.start, Period, source.now)
  const cells = [...cellsBetween(source.store, key, { start, end: range.end, period: Period, now: source.now })]
  const wanted = Unit === undefined ? cells : cells.filter(({ unit }) => unit === Unit)
  return seriesOf(
    { label: MetricName, period: Period },
    bucketsOf(wanted, Period, { start }).flatMap(({ time, cells: of }) => {
      const value = statistic(of)
      return value === undefined ? [] : [[time, value] as const]
    }),
  )
}

const DAY = 86_400

/**
 * Where the first period begins (API Reference, GetMetricStatistics `StartTime`): rounded down to the minute, to five
 * minutes after 15 days, to the hour after 63 days; with periods below a minute, to one of those.
 */
export function roundedStart(start: number, period: number, now: number): number {
  const age = now - start
  const step = age > 63 * DAY ? 3600 : age > 15 * DAY ? 300 : period < 60 ? period : 60
  return Math.floor(start / step) * step
}
